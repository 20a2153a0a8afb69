// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Holds the settings of a pipeline's tracepoint.
 *
 * @param stateListener receives changes of the state
 * @param registrationWait longest wait of a build for the first attempt to register
 * @param retryPeriod longest pause between two attempts to register
 * @param tracefs path of the kernel's tracepoint, only for the text form
 * @param dataFileDescriptor descriptor of the kernel's tracepoint, only for the text form
 */
record TracepointSettings(
    TracepointStateListener stateListener,
    Duration registrationWait,
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
        + ", registrationWait="
        + registrationWait
        + ", retryPeriod="
        + retryPeriod;
  }
}
