// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a request is sent again: 1 s at first, 1.6 times longer after each
 * failure, up to 60 s, each multiplied by a random number from 0.8 to 1.2 so that the agents of
 * many machines do not come back at once. These are the numbers of gRPC's connection back-off
 * (grpc/doc/connection-backoff.md), but for the upper bound, which is half as long.
 *
 * <p>An endpoint that names a wait gets it: the wait is never shorter than asked, and up to a fifth
 * longer. A wait below one second counts as one second, so that an endpoint that answers "at once"
 * for ever is not asked without a pause.
 *
 * <p>Not thread-safe. Reads no clock.
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

  /** Makes one with random numbers that differ from those of other processes. */
  public Backoff() {
    this(new SplittableRandom());
  }

  /** Makes one with given random numbers. */
  public Backoff(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Returns the wait after a failure, in milliseconds, and makes the next one longer.
   *
   * @param retryAfterMs the wait that the endpoint asked for in milliseconds; -1 for none
   * @return 800 to 72,000 without a wait that was asked for; otherwise 1 to 1.2 times that wait, or
   *     1,000 to 1,200 if it was shorter than a second
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

  /** Begins again at the shortest wait: the endpoint has accepted a request. */
  public void reset() {
    currentMs = INITIAL_MS;
  }
}
