// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.TimeUnit;

/**
 * Lets bytes go at a rate, and a burst of them after a pause, as a token bucket. It is full at
 * first.
 *
 * <p>It keeps one number, the time at which it will be full again if nothing is taken: each byte
 * puts that off by the time that its token takes to come. Times are those of {@link
 * System#nanoTime}, given by the caller. Allocates nothing. Not thread-safe.
 */
final class TokenBucket {

  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

  private final long bytesPerSecond;

  /** How long an empty bucket takes to fill. */
  private final long fillNs;

  private long fullAtNs;

  /**
   * Makes a full bucket.
   *
   * @param bytesPerSecond 1 or more
   * @param burstBytes that a full bucket holds, 1 or more
   * @param nowNs any time from which the bucket may be used
   */
  TokenBucket(long bytesPerSecond, int burstBytes, long nowNs) {
    this.bytesPerSecond = bytesPerSecond;
    fillNs = timeOf(burstBytes);
    fullAtNs = nowNs;
  }

  /**
   * How long it takes until there are tokens for so many bytes; 0 if there are. For more bytes than
   * the bucket holds it takes until it is full.
   *
   * @param bytes 0 or more
   */
  long waitNs(int bytes, long nowNs) {
    long missingNs = Math.max(0, fullAtNs - nowNs);
    return Math.max(0, missingNs + Math.min(timeOf(bytes), fillNs) - fillNs);
  }

  /** Takes tokens for so many bytes, also if there are too few: then the next bytes wait longer. */
  void take(int bytes, long nowNs) {
    fullAtNs = (fullAtNs - nowNs > 0 ? fullAtNs : nowNs) + timeOf(bytes);
  }

  /** In nanoseconds, rounded up. At most 2^31 seconds: no product here is beyond a long. */
  private long timeOf(int bytes) {
    return (bytes * SECOND_NS + bytesPerSecond - 1) / bytesPerSecond;
  }
}
