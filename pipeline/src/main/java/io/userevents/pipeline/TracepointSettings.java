// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says how a pipeline looks after its tracepoint.
 *
 * @param stateListener is told when listeners attach and detach
 * @param retryPeriod longest pause between two attempts to register
 * @param tracefs of the kernel's tracepoint, which has it: only to be shown
 * @param dataFileDescriptor of the kernel's tracepoint: only to be shown
 */
record TracepointSettings(
    TracepointStateListener stateListener,
    Duration retryPeriod,
    @Nullable Path tracefs,
    int dataFileDescriptor) {

  static final int NO_DESCRIPTOR = -1;

  @Override
  public String toString() {
    return "stateListener="
        + SettingText.classOrDefault(
            stateListener == TracepointStateListener.NONE ? null : stateListener)
        + ", tracefs="
        + (tracefs == null ? "default" : tracefs)
        + ", dataFileDescriptor="
        + (dataFileDescriptor == NO_DESCRIPTOR ? "default" : String.valueOf(dataFileDescriptor))
        + ", retryPeriod="
        + retryPeriod;
  }
}
