// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes the time of a publisher that waits for a slot until its deadline: it spins, then yields,
 * then parks for increasing times. It keeps no state and allocates nothing on a platform thread.
 */
final class SlotWait {

  /**
   * The spins, about 10 µs in all. An awake consumer frees a quarter of the default ring, or a
   * whole smaller one, in that time.
   */
  private static final int SPINS = 5;

  /**
   * The pauses between attempts, about 2 µs, because each attempt takes a cache line from the
   * consumer.
   */
  private static final int PAUSES_PER_SPIN = 40;

  private static final int YIELDS = 50;
  private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(10);

  /**
   * The longest park. A publisher may see this much later that the pipeline was closed or the
   * listener detached.
   */
  private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final int MAX_DOUBLINGS = 7;

  private SlotWait() {}

  /**
   * Waits for a moment.
   *
   * @param attempts how often no slot was found, 1 at first
   * @param leftNs nanoseconds until the deadline, more than 0
   * @return false, without waiting, if the thread is interrupted, because it would spin here until
   *     the deadline instead of parking
   */
  @SuppressWarnings("ThreadPriorityCheck") // Yielding is one step of the wait, not a promise.
  static boolean pause(long attempts, long leftNs) {
    if (Thread.currentThread().isInterrupted()) {
      return false;
    }
    if (attempts <= SPINS) {
      for (int i = 0; i < PAUSES_PER_SPIN; i++) {
        Thread.onSpinWait();
      }
    } else if (attempts <= SPINS + YIELDS) {
      Thread.yield();
    } else {
      long doublings = Math.min(MAX_DOUBLINGS, attempts - SPINS - YIELDS - 1);
      long parkNs = Math.min(MAX_PARK_NS, MIN_PARK_NS << doublings);
      LockSupport.parkNanos(SlotWait.class, Math.min(parkNs, leftNs));
    }
    return true;
  }
}
