// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.TimeUnit;

/**
 * Decides when a tracepoint may be registered again. The pause after an attempt doubles with each
 * attempt, up to a longest pause. This class is not thread-safe. Times are those of {@link
 * System#nanoTime}.
 */
final class RetrySchedule {

  /** First pause, unless the longest one is shorter. */
  static final long FIRST_RETRY_NS = TimeUnit.SECONDS.toNanos(1);

  private final long minPauseNs;
  private final long maxPauseNs;
  private long pauseNs;
  private long nextNs;

  /**
   * Creates a schedule whose first attempt may begin at once.
   *
   * @param maxPauseNs longest pause between two attempts, more than 0
   */
  RetrySchedule(long maxPauseNs) {
    this.maxPauseNs = maxPauseNs;
    minPauseNs = Math.min(FIRST_RETRY_NS, maxPauseNs);
    pauseNs = minPauseNs;
  }

  /** Returns whether an attempt may begin. */
  boolean isDue(long nowNs) {
    return nowNs - nextNs >= 0;
  }

  /** Notes that an attempt begins, so the next one is due after a pause. */
  void attempt(long nowNs) {
    nextNs = nowNs + pauseNs;
    pauseNs = Math.min(pauseNs * 2, maxPauseNs);
  }

  /** Forgets all attempts: the next one is due at once, and the first pause follows it. */
  void reset(long nowNs) {
    pauseNs = minPauseNs;
    nextNs = nowNs;
  }

  /**
   * Starts with the first pause again if the last attempt was long ago. A registration that has
   * held for so long has failed for a new reason.
   */
  void forgetOldAttempts(long nowNs) {
    if (nowNs - nextNs >= maxPauseNs) {
      pauseNs = minPauseNs;
    }
  }

  /** Returns the range of the pauses in words, in milliseconds. */
  String range() {
    return TimeUnit.NANOSECONDS.toMillis(minPauseNs)
        + " to "
        + TimeUnit.NANOSECONDS.toMillis(maxPauseNs)
        + " ms";
  }
}
