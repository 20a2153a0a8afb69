// SPDX-License-Identifier: Apache-2.0
/**
 * Sends OTLP requests over HTTP and says what became of each. It knows nothing of batches, spools
 * or tracepoints.
 */
@NullMarked
package io.userevents.agent.internal.http;

import org.jspecify.annotations.NullMarked;
