// SPDX-License-Identifier: Apache-2.0
/**
 * Sends OTLP requests over HTTP and returns the outcome of each. The package must not depend on
 * batches, spools or tracepoints. It is internal, is not for public use and may change at any time.
 */
@NullMarked
package io.userevents.agent.internal.http;

import org.jspecify.annotations.NullMarked;
