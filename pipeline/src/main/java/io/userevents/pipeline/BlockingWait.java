// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Parks until a publisher wakes it up, or for so long that the tracepoint needs a look. Publishers
 * take no lock: they see a flag, and the one that clears it unparks the consumer.
 */
final class BlockingWait extends ConsumerWait {

  private static final int SPINS = 100;

  /** Between looks at the tracepoint. */
  private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(10);

  private int attempts;

  /** The consumer while it sleeps, or is about to. */
  private volatile @Nullable Thread sleeper;

  @Override
  boolean idle(long sequence) {
    if (attempts < SPINS) {
      attempts++;
      Thread.onSpinWait();
      return false;
    }
    sleeper = Thread.currentThread();
    // Against the fence below: either this sees the record, or its publisher sees the sleeper.
    VarHandle.fullFence();
    if (!isAvailable(sequence)) {
      LockSupport.parkNanos(this, MAX_PARK_NS);
    }
    sleeper = null;
    // A thread that stays interrupted would never park again.
    Thread.interrupted();
    return true;
  }

  @Override
  void busy() {
    attempts = 0;
  }

  @Override
  public void signalAllWhenBlocking() {
    wakeUp();
  }

  @Override
  void wakeUp() {
    VarHandle.fullFence();
    Thread asleep = sleeper;
    if (asleep != null) {
      sleeper = null;
      LockSupport.unpark(asleep);
    }
  }
}
