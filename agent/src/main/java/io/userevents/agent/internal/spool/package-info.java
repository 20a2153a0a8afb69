// SPDX-License-Identifier: Apache-2.0
/**
 * The queue on disk of requests that the endpoint has not taken yet: segment files, their layout
 * and their recovery. It knows nothing of OTLP, tracepoints or HTTP.
 */
@NullMarked
package io.userevents.agent.internal.spool;

import org.jspecify.annotations.NullMarked;
