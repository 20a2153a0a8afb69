// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Ends sleeps of the consumer.
 *
 * <p>Before it sleeps, the consumer notes itself here and then checks the ring once more. A thread
 * that wakes it publishes first and then checks here. There is a full fence between the two steps
 * on both sides, so either the consumer sees the record or the publisher sees the sleeper.
 */
final class WakeUp {

  /** Stands for no end of a burst; the end in an empty ring comes after the slot -1. */
  static final long NO_BURST = -2;

  /** How often in each round of the ring publishers check that the consumer does not sleep. */
  private static final int NUDGES_PER_RING = 4;

  /** The fields that the consumer writes while it waits. */
  private static class SleepState extends ConsumerPadding {

    /** The consumer's thread while it sleeps or is about to. */
    volatile @Nullable Thread sleeper;

    /** The same thread, if its sleep is longer than while records come. */
    volatile @Nullable Thread longSleeper;

    /** Whether a thread has requested a duty cycle since the consumer began the last one. */
    volatile boolean isRequested;
  }

  /** The same fields with a cache line behind them; see {@link ConsumerPadding}. */
  static final class Sleep extends SleepState {
    @SuppressWarnings({"UnusedVariable", "MultiVariableDeclaration"})
    private long p1, p2, p3, p4, p5, p6, p7, p8;
  }

  private final boolean wakesForEach;
  private final int nudgeMask;
  private final Sleep sleep = new Sleep();

  /** The last record before a publisher reported the end of its burst. */
  private volatile long burstEnd = NO_BURST;

  /**
   * Creates the object for a ring.
   *
   * @param wakesForEach whether the publisher of each record wakes a consumer that sleeps
   */
  WakeUp(int ringSlots, boolean wakesForEach) {
    this.wakesForEach = wakesForEach;
    nudgeMask = Math.max(1, ringSlots / NUDGES_PER_RING) - 1;
  }

  /** Wakes the consumer after a record was published, if necessary. Publishers call this. */
  void published(long sequence) {
    if (wakesForEach) {
      wakeSleeper();
    } else if ((sequence & nudgeMask) == 0) {
      fromLongSleep();
    }
  }

  /**
   * Ends a sleep of the consumer, because a thread waits for room or until records are written. A
   * consumer that is about to sleep does not sleep. Any thread may call this.
   */
  void now() {
    sleep.isRequested = true;
    wakeSleeper();
  }

  /**
   * Does the same as {@link #now} for the only recent publisher, which has no more records for now
   * and calls this again after its next burst. The consumer may sleep as soon as the ring is empty,
   * if no record has come after this one. Any thread may call this.
   *
   * @param lastSequence sequence of the last slot that was claimed, -1 if there was none
   */
  void burstEnded(long lastSequence) {
    burstEnd = lastSequence;
    now();
  }

  /**
   * Returns the last record before a burst ended, or {@link #NO_BURST}. Only the consumer calls
   * this.
   */
  long burstEnd() {
    return burstEnd;
  }

  /**
   * Notes that the consumer is about to sleep. The consumer calls this, and checks the ring once
   * more afterwards.
   *
   * @return whether it may sleep; if not, a thread has requested one more duty cycle
   */
  boolean sleeps(Thread consumer, boolean forLong) {
    sleep.sleeper = consumer;
    if (forLong) {
      sleep.longSleeper = consumer;
    }
    VarHandle.fullFence();
    return !sleep.isRequested;
  }

  /** Notes that the consumer is awake and begins a duty cycle. Only the consumer calls this. */
  void awake() {
    sleep.sleeper = null;
    sleep.longSleeper = null;
    sleep.isRequested = false;
  }

  /**
   * Wakes the consumer from a long sleep, because there was no room for a record. If a policy
   * reserves a part of the ring, or a publisher claims many slots, the ring may be full before a
   * quarter of it is published. There is no fence: a publisher that does not see the sleeper sees
   * it with the next record. Publishers call this.
   */
  void noRoom() {
    if (sleep.longSleeper != null) {
      sleep.longSleeper = null;
      wakeSleeper();
    }
  }

  /** Ends a long sleep, because the ring fills during it. */
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
