// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * Passes the time of the consumer's own thread between two duty cycles. Only that thread uses it.
 *
 * <p>Two strategies need more than Agrona's {@link IdleStrategy} receives: whether a record has
 * come while the thread goes to sleep, and when the next work is due.
 */
interface ConsumerIdle {

  /**
   * Creates the strategy of the settings. This is not a method of the enumeration, because the
   * builder refers to the enumeration, whose class must load where Agrona is missing.
   */
  static ConsumerIdle of(
      ConsumerSettings settings,
      Tracepoint tracepoint,
      TracepointSession session,
      RecordRing ring,
      WakeUp wakeUp,
      Publishers publishers) {
    IdleStrategy strategy = settings.idleStrategy();
    if (strategy == null) {
      return switch (settings.waitStrategy()) {
        case SLEEPING ->
            new SleepingIdle(
                tracepoint, ring, wakeUp, session::isWatched, publishers::isLookUnderWay);
        case BLOCKING -> new BlockingIdle(ring, wakeUp);
        case YIELDING -> ofSpinning(YieldingIdleStrategy.INSTANCE);
        case BUSY_SPIN -> ofSpinning(BusySpinIdleStrategy.INSTANCE);
      };
    }
    return strategy instanceof BusySpinIdleStrategy
            || strategy instanceof NoOpIdleStrategy
            || strategy instanceof YieldingIdleStrategy
        ? ofSpinning(strategy)
        : new WakeableIdle(strategy, ring, wakeUp);
  }

  /** Wraps a strategy that does not sleep, so that no thread needs to wake it. */
  static ConsumerIdle ofSpinning(IdleStrategy strategy) {
    return (workCount, next, pauseNs) -> strategy.idle(workCount);
  }

  /**
   * Passes the time for a moment.
   *
   * @param workCount work of the last duty cycle; above 0 if there may be more to do at once
   * @param next the slot that the consumer waits for
   * @param pauseNs nanoseconds until a record that pacing holds back can be written; 0 if there is
   *     none
   */
  void idle(int workCount, long next, long pauseNs);
}
