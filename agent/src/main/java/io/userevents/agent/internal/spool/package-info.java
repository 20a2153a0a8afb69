// SPDX-License-Identifier: Apache-2.0
/**
 * The queue on disk of requests that the endpoint has not accepted yet: segment files, their layout
 * and their recovery. The package must not depend on OTLP, tracepoints or HTTP. It is internal, is
 * not for public use and may change at any time.
 */
@NullMarked
package io.userevents.agent.internal.spool;

import org.jspecify.annotations.NullMarked;
