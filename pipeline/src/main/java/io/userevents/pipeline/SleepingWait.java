// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Spins, yields, then parks for longer and longer, up to a bound: an idle consumer costs next to
 * nothing, a busy one does not sleep, and publishers do not signal, unless one waits for room.
 */
final class SleepingWait extends ConsumerWait {

  private static final int SPINS = 50;

  /**
   * Between looks at the ring, as each one takes a cache line from a publisher: about half a µs.
   */
  private static final int PAUSES_PER_SPIN = 8;

  private static final int YIELDS = 50;
  private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(10);

  /** While records may come. */
  static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(2);

  /** While nobody listens, and so nothing can be published. */
  static final long MAX_DETACHED_PARK_NS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Tracepoint tracepoint;
  private final long minParkNs;

  /** Kept from one wait to the next: only records make an idle consumer busy again. */
  private int attempts;

  private long parkNs;

  /** The consumer while it sleeps, or is about to. */
  private volatile @Nullable Thread sleeper;

  SleepingWait(Tracepoint tracepoint) {
    this(tracepoint, MIN_PARK_NS);
  }

  /** Parks for at least so long. */
  SleepingWait(Tracepoint tracepoint, long minParkNs) {
    this.tracepoint = tracepoint;
    this.minParkNs = minParkNs;
    parkNs = minParkNs;
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // Yielding is one step of the back-off, not a promise.
  boolean idle(long sequence) {
    if (attempts < SPINS) {
      attempts++;
      for (int i = 0; i < PAUSES_PER_SPIN; i++) {
        Thread.onSpinWait();
      }
      return false;
    }
    if (attempts < SPINS + YIELDS) {
      attempts++;
      Thread.yield();
      return false;
    }
    sleeper = Thread.currentThread();
    // Against the fence below: either this sees the record, or its publisher sees the sleeper.
    VarHandle.fullFence();
    if (!isAvailable(sequence)) {
      LockSupport.parkNanos(this, parkNs);
    }
    sleeper = null;
    parkNs = Math.min(parkNs * 2, maxParkNs());
    // A thread that stays interrupted would never park again.
    Thread.interrupted();
    return true;
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

  @Override
  void busy() {
    attempts = 0;
    parkNs = minParkNs;
  }

  /** Whether the next call of {@link #idle} parks, or would. */
  boolean sleepsNext() {
    return attempts >= SPINS + YIELDS;
  }

  private long maxParkNs() {
    try {
      return tracepoint.isEnabled() ? MAX_PARK_NS : MAX_DETACHED_PARK_NS;
    } catch (Throwable e) {
      // Said in the log by those whose work depends on it; here it must not end the wait.
      return MAX_PARK_NS;
    }
  }
}
