// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.agrona.concurrent.IdleStrategy;

/**
 * Waits for records by an application's {@link IdleStrategy}. The strategy may park the thread;
 * threads that wait for room or until records are written can end that.
 */
final class WakeableIdle implements ConsumerIdle {

  private final IdleStrategy strategy;
  private final RecordRing ring;
  private final WakeUp wakeUp;

  WakeableIdle(IdleStrategy strategy, RecordRing ring, WakeUp wakeUp) {
    this.strategy = strategy;
    this.ring = ring;
    this.wakeUp = wakeUp;
  }

  @Override
  public void idle(int workCount, long next, long pauseNs) {
    if (workCount > 0) {
      strategy.idle(workCount);
      return;
    }
    boolean maySleep = wakeUp.sleeps(Thread.currentThread(), false);
    try {
      if (maySleep && (pauseNs > 0 || !ring.isPublished(next))) {
        strategy.idle(0);
      }
    } finally {
      wakeUp.awake();
      // A thread that stays interrupted would never park again.
      Thread.interrupted();
    }
  }
}
