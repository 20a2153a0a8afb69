// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import org.jspecify.annotations.Nullable;

/**
 * What a listener was asked for, beyond its tracepoints.
 *
 * @param bufferSize of the kernel's buffers
 * @param wakeupBytes how much has to come in before a waiting perf listener is woken
 * @param isSnapshot whether the newest events are kept until somebody asks for them
 * @param instanceName of the trace instance; null for one that is chosen
 */
record Options(
    BufferSize bufferSize, int wakeupBytes, boolean isSnapshot, @Nullable String instanceName) {}
