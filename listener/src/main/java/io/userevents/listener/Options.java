// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import org.jspecify.annotations.Nullable;

/**
 * The options of a listener, except its tracepoints.
 *
 * @param bufferSize of the kernel's buffers
 * @param wakeupBytes how many bytes must arrive before a waiting perf listener is woken
 * @param isSnapshot whether the buffers keep the newest events until a snapshot is requested
 * @param instanceName name of the trace instance; null for a default name
 */
record Options(
    BufferSize bufferSize, int wakeupBytes, boolean isSnapshot, @Nullable String instanceName) {}
