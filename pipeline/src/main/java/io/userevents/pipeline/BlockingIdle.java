// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for records: it spins for a moment and then parks, until a publisher wakes it up or it must
 * check the tracepoint. Publishers take no lock: they see the sleeping thread, and the one that
 * clears it unparks it.
 */
final class BlockingIdle implements ConsumerIdle {

  private static final int SPINS = 100;

  /** The longest time between checks of the tracepoint. */
  private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(10);

  private final RecordRing ring;
  private final WakeUp wakeUp;
  private int attempts;

  BlockingIdle(RecordRing ring, WakeUp wakeUp) {
    this.ring = ring;
    this.wakeUp = wakeUp;
  }

  @Override
  public void idle(int workCount, long next, long pauseNs) {
    if (workCount > 0) {
      attempts = 0;
    } else if (pauseNs == 0 && attempts < SPINS) {
      attempts++;
      Thread.onSpinWait();
    } else {
      boolean maySleep = wakeUp.sleeps(Thread.currentThread(), false);
      if (maySleep && (pauseNs > 0 || !ring.isPublished(next))) {
        LockSupport.parkNanos(this, pauseNs > 0 ? Math.min(pauseNs, MAX_PARK_NS) : MAX_PARK_NS);
      }
      wakeUp.awake();
      // A thread that stays interrupted would never park again.
      Thread.interrupted();
    }
  }
}
