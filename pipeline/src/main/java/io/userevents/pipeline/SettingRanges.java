// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.affinity.CpuSet;
import io.userevents.tracepoint.EventLayout;
import java.time.Duration;

/**
 * Checks the settings of a {@link RecordPipelineBuilder}, and names the range in its exceptions.
 */
final class SettingRanges {

  private static final Duration MAX_REGISTRATION_WAIT = Duration.ofMinutes(1);
  private static final Duration MIN_RETRY_PERIOD = Duration.ofMillis(1);
  private static final Duration MAX_RETRY_PERIOD = Duration.ofDays(1);
  private static final int MAX_RING_SLOTS = 1 << 24;

  private SettingRanges() {}

  static Duration requireRegistrationWait(Duration registrationWait) {
    if (registrationWait.isNegative() || registrationWait.compareTo(MAX_REGISTRATION_WAIT) > 0) {
      throw new IllegalArgumentException(
          "registrationWait must be 0 to 1 min: registrationWait=" + registrationWait);
    }
    return registrationWait;
  }

  static Duration requireRetryPeriod(Duration retryPeriod) {
    if (retryPeriod.compareTo(MIN_RETRY_PERIOD) < 0
        || retryPeriod.compareTo(MAX_RETRY_PERIOD) > 0) {
      throw new IllegalArgumentException(
          "retryPeriod must be 1 ms to 1 day: retryPeriod=" + retryPeriod);
    }
    return retryPeriod;
  }

  static int requireRingSlots(int ringSlots) {
    if (ringSlots < 2 || ringSlots > MAX_RING_SLOTS || Integer.bitCount(ringSlots) != 1) {
      throw new IllegalArgumentException(
          "ringSlots must be a power of two, 2 to " + MAX_RING_SLOTS + ": ringSlots=" + ringSlots);
    }
    return ringSlots;
  }

  static int requireCpu(int consumerCpu) {
    if (consumerCpu < 0 || consumerCpu > CpuSet.MAX_CPU) {
      throw new IllegalArgumentException(
          "consumerCpu must be 0 to " + CpuSet.MAX_CPU + ": consumerCpu=" + consumerCpu);
    }
    return consumerCpu;
  }

  static int requireDeliverable(String name, int length) {
    if (length < 1 || length > EventLayout.MAX_LENGTH_PERF) {
      throw new IllegalArgumentException(
          name
              + " must be 1 to "
              + EventLayout.MAX_LENGTH_PERF
              + " (above it perf loses the events, above "
              + EventLayout.MAX_LENGTH_FTRACE
              + " ftrace does where pages have 4 KiB): "
              + name
              + "="
              + length);
    }
    return length;
  }
}
