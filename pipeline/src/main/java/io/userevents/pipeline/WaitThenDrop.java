// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Spins, yields, then parks for increasing times. Drops the record when the time is up. */
final class WaitThenDrop implements BackPressurePolicy {

  /**
   * The spins, about 10 µs in all, which is the time that an awake consumer takes to free a quarter
   * of the default ring.
   */
  private static final int SPINS = 5;

  /**
   * The pauses between attempts, about 2 µs, because each attempt takes a cache line from the
   * consumer.
   */
  private static final int PAUSES_PER_SPIN = 40;

  private static final int YIELDS = 100;
  private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(10);
  private static final long MAX_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long UNBOUNDED = Long.MAX_VALUE;

  private final long maxWaitNs;

  /** Creates a policy that waits without bound. */
  WaitThenDrop() {
    maxWaitNs = UNBOUNDED;
  }

  WaitThenDrop(Duration maxWait) {
    if (maxWait.isZero() || maxWait.isNegative()) {
      throw new IllegalArgumentException("maxWait must be more than 0: maxWait=" + maxWait);
    }
    maxWaitNs = TimeUnit.NANOSECONDS.convert(maxWait);
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // Yielding is one step of the wait, not a promise.
  public Decision onBackPressure(BackPressure pressure) {
    long leftNs = maxWaitNs - pressure.waitedNs();
    if (leftNs <= 0) {
      return Decision.DROP;
    }
    long attempts = pressure.attempts();
    if (attempts <= SPINS) {
      for (int i = 0; i < PAUSES_PER_SPIN; i++) {
        Thread.onSpinWait();
      }
    } else if (Thread.currentThread().isInterrupted()) {
      // An interrupted thread would not park, but spin here until the time is up.
      return Decision.DROP;
    } else if (attempts <= SPINS + YIELDS) {
      Thread.yield();
    } else {
      long parkNs = Math.min(MAX_PARK_NS, MIN_PARK_NS * (attempts - SPINS - YIELDS));
      LockSupport.parkNanos(this, Math.min(parkNs, leftNs));
    }
    return Decision.RETRY;
  }

  @Override
  public String toString() {
    return maxWaitNs == UNBOUNDED
        ? "waitUnbounded"
        : "waitThenDrop(" + Duration.ofNanos(maxWaitNs) + ")";
  }
}
