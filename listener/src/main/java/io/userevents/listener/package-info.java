// SPDX-License-Identifier: Apache-2.0
/**
 * Receives the events of user_events tracepoints: the API, the two captures behind it, by perf and
 * by ftrace, and the readers of their buffers. The bytes of an event are handed out as they are;
 * nothing here knows OTLP, a pipeline or an exporter.
 */
@NullMarked
package io.userevents.listener;

import org.jspecify.annotations.NullMarked;
