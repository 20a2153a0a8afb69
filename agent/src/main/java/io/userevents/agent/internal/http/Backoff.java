// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Computes the wait before a request is sent again. The wait is 1 s at first and 1.6 times longer
 * after each failure, up to 60 s. Each wait is multiplied by a random number from 0.8 to 1.2, so
 * that the agents of many machines do not return at the same time. These are the numbers of gRPC's
 * connection back-off (grpc/doc/connection-backoff.md), except the upper bound, which is half as
 * long.
 *
 * <p>If the endpoint asks for a wait, the wait is never shorter than that, and up to a fifth
 * longer. A requested wait below one second counts as one second, so that there is a pause even if
 * an endpoint always asks for an immediate retry.
 *
 * <p>Not thread-safe. Reads no clock.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class Backoff {

  /** The wait before the first repetition, without the random factor, in milliseconds. */
  public static final long INITIAL_MS = 1_000;

  /** The longest wait without the random factor, in milliseconds. */
  public static final long MAX_MS = 60_000;

  private static final double FACTOR = 1.6;
  private static final double JITTER = 0.2;

  private final RandomGenerator random;
  private double currentMs = INITIAL_MS;

  /** Creates a back-off with random numbers that differ from those of other processes. */
  public Backoff() {
    this(new SplittableRandom());
  }

  /** Creates a back-off with given random numbers. */
  public Backoff(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Returns the wait after a failure, in milliseconds, and makes the next one longer.
   *
   * @param retryAfterMs the wait that the endpoint asked for in milliseconds; -1 for none
   * @return 800 to 72,000 if the endpoint asked for no wait; otherwise 1 to 1.2 times that wait, or
   *     1,000 to 1,200 if it is shorter than a second
   */
  public long next(long retryAfterMs) {
    double baseMs = currentMs;
    currentMs = Math.min(currentMs * FACTOR, MAX_MS);
    if (retryAfterMs >= 0) {
      long leastMs = Math.max(retryAfterMs, INITIAL_MS);
      return leastMs + (long) (leastMs * JITTER * random.nextDouble());
    }
    return (long) (baseMs * (1 - JITTER + 2 * JITTER * random.nextDouble()));
  }

  /** Returns to the shortest wait. Called when the endpoint has accepted a request. */
  public void reset() {
    currentMs = INITIAL_MS;
  }
}
