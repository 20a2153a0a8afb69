// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.TimeUnit;

/**
 * A token bucket, which lets bytes go at a rate, and a burst of them after a pause. It is full at
 * first.
 *
 * <p>It keeps one number, the time at which it will be full again if nothing is taken. Each byte
 * delays that time by the time that its token takes to come. Times are those of {@link
 * System#nanoTime}, which the caller passes. The bucket allocates nothing and is not thread-safe.
 */
final class TokenBucket {

  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

  private final long bytesPerSecond;

  /** How long an empty bucket takes to fill. */
  private final long fillNs;

  private long fullAtNs;

  /**
   * Creates a full bucket.
   *
   * @param bytesPerSecond rate in bytes per second, 1 or more
   * @param burstBytes bytes that a full bucket holds, 1 or more
   * @param nowNs time from which the bucket may be used
   */
  TokenBucket(long bytesPerSecond, int burstBytes, long nowNs) {
    this.bytesPerSecond = bytesPerSecond;
    fillNs = timeOf(burstBytes);
    fullAtNs = nowNs;
  }

  /**
   * Returns the nanoseconds until there are tokens for this many bytes; 0 if there are. For more
   * bytes than the bucket holds, it is the time until the bucket is full.
   *
   * @param bytes number of bytes, 0 or more
   */
  long waitNs(int bytes, long nowNs) {
    long missingNs = Math.max(0, fullAtNs - nowNs);
    return Math.max(0, missingNs + Math.min(timeOf(bytes), fillNs) - fillNs);
  }

  /**
   * Takes tokens for this many bytes, even if there are too few; the next bytes then wait longer.
   */
  void take(int bytes, long nowNs) {
    fullAtNs = (fullAtNs - nowNs > 0 ? fullAtNs : nowNs) + timeOf(bytes);
  }

  /**
   * Returns the time in nanoseconds, rounded up. It is at most 2^31 seconds, so no product here
   * exceeds a long.
   */
  private long timeOf(int bytes) {
    return (bytes * SECOND_NS + bytesPerSecond - 1) / bytesPerSecond;
  }
}
