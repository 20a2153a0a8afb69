// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Ends sleeps of the consumer.
 *
 * <p>Before it sleeps, the consumer writes itself down here and then looks at the ring once more;
 * those who wake it publish first and then look here. There is a full fence between the two on both
 * sides, so either the consumer sees the record or its publisher sees the sleeper.
 */
final class WakeUp {

  /** No end of a burst; one of an empty ring comes after the slot -1. */
  static final long NO_BURST = -2;

  /** Publishers see to it so often for each round of the ring that the consumer does not sleep. */
  private static final int NUDGES_PER_RING = 4;

  /** The fields that the consumer writes while it waits. */
  private static class SleepState extends ConsumerPadding {

    /** The consumer while it sleeps, or is about to. */
    volatile @Nullable Thread sleeper;

    /** The same, if it sleeps for longer than while records come. */
    volatile @Nullable Thread longSleeper;

    /** Somebody has asked for a duty cycle since the consumer has begun the last one. */
    volatile boolean isRequested;
  }

  /** The same with a cache line behind them; see {@link ConsumerPadding}. */
  static final class Sleep extends SleepState {
    @SuppressWarnings({"UnusedVariable", "MultiVariableDeclaration"})
    private long p1, p2, p3, p4, p5, p6, p7, p8;
  }

  private final boolean wakesForEach;
  private final int nudgeMask;
  private final Sleep sleep = new Sleep();

  /** The last record before a publisher said that nothing more comes for now. */
  private volatile long burstEnd = NO_BURST;

  /**
   * Makes one.
   *
   * @param wakesForEach whether the publisher of each record wakes a consumer that sleeps
   */
  WakeUp(int ringSlots, boolean wakesForEach) {
    this.wakesForEach = wakesForEach;
    nudgeMask = Math.max(1, ringSlots / NUDGES_PER_RING) - 1;
  }

  /** Publisher: a record is published. */
  void published(long sequence) {
    if (wakesForEach) {
      wakeSleeper();
    } else if ((sequence & nudgeMask) == 0) {
      fromLongSleep();
    }
  }

  /**
   * Any thread: ends a sleep of the consumer, because somebody waits for room or for records to be
   * written. A consumer that is about to sleep does not.
   */
  void now() {
    sleep.isRequested = true;
    wakeSleeper();
  }

  /**
   * Any thread: like {@link #now}, for the only publisher of late, which has nothing more for now
   * and will call this again when it has. The consumer may sleep as soon as the ring is empty, if
   * no record has come after this one.
   *
   * @param lastSequence of the last slot that was claimed, -1 if there was none
   */
  void burstEnded(long lastSequence) {
    burstEnd = lastSequence;
    now();
  }

  /** Consumer: the last record before a burst ended, or {@link #NO_BURST}. */
  long burstEnd() {
    return burstEnd;
  }

  /**
   * Consumer: it is about to sleep; it looks at the ring once more after this.
   *
   * @return whether it may; otherwise somebody has asked for one more duty cycle
   */
  boolean sleeps(Thread consumer, boolean forLong) {
    sleep.sleeper = consumer;
    if (forLong) {
      sleep.longSleeper = consumer;
    }
    VarHandle.fullFence();
    return !sleep.isRequested;
  }

  /** Consumer: it does not sleep any more, and begins a duty cycle. */
  void awake() {
    sleep.sleeper = null;
    sleep.longSleeper = null;
    sleep.isRequested = false;
  }

  /**
   * Publisher: there was no room for a record. A ring of which a policy reserves a part, or that is
   * asked for many slots, may be full before a quarter of it is published. Without a fence: one
   * that does not see the sleeper sees it with the next record.
   */
  void noRoom() {
    if (sleep.longSleeper != null) {
      sleep.longSleeper = null;
      wakeSleeper();
    }
  }

  /** Ends a sleep that is longer than usual, because the ring fills meanwhile. */
  private void fromLongSleep() {
    VarHandle.fullFence();
    if (sleep.longSleeper != null) {
      sleep.longSleeper = null;
      wakeSleeper();
    }
  }

  private void wakeSleeper() {
    VarHandle.fullFence();
    Thread sleeper = sleep.sleeper;
    if (sleeper != null) {
      sleep.sleeper = null;
      LockSupport.unpark(sleeper);
    }
  }
}
