// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * Passes the time of the consumer's own thread between two duty cycles. It is for that thread.
 *
 * <p>Two strategies need more than Agrona's {@link IdleStrategy} is told: whether a record has come
 * while the thread goes to sleep, and when there is something to do again.
 */
interface ConsumerIdle {

  /**
   * Makes the one that was asked for. Not a method of the enumeration, whose class has to be there
   * where Agrona is not: the builder refers to it.
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

  /** Makes one of a strategy that does not sleep, so that nobody needs to wake it. */
  static ConsumerIdle ofSpinning(IdleStrategy strategy) {
    return (workCount, next, pauseNs) -> strategy.idle(workCount);
  }

  /**
   * Passes the time for a moment.
   *
   * @param workCount what the last duty cycle did; above 0 if there may be more to do at once
   * @param next the slot that the consumer waits for
   * @param pauseNs above 0: a record waits for its time to be written, which comes so soon
   */
  void idle(int workCount, long next, long pauseNs);
}
