// SPDX-License-Identifier: Apache-2.0
/**
 * Receives the events of user_events tracepoints. The package has the API, the two captures behind
 * it (perf and ftrace) and the readers of their buffers. Handlers receive the bytes of an event
 * unchanged. Nothing in this package may depend on OTLP, a pipeline or an exporter.
 *
 * @since 0.1.0
 */
@NullMarked
package io.userevents.listener;

import org.jspecify.annotations.NullMarked;
