// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.WaitStrategy;
import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Spins, yields, then parks for longer and longer, up to a bound: an idle consumer costs next to
 * nothing, a busy one does not sleep, and publishers never signal.
 *
 * <p>Unlike Disruptor's sleeping strategy it reports a timeout after each park, so that the
 * consumer can look after the tracepoint while no records come. For one waiting thread only.
 */
final class BackOffWaitStrategy implements WaitStrategy {

  private static final int SPINS = 100;
  private static final int YIELDS = 50;
  private static final long MIN_PARK_NS = 10_000;

  /** While records may come. */
  private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(5);

  /** While nobody listens, and so nothing can be published. */
  private static final long MAX_DETACHED_PARK_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Tracepoint tracepoint;

  /** Kept from one wait to the next: only records make an idle consumer busy again. */
  private int attempts;

  private long parkNs = MIN_PARK_NS;

  BackOffWaitStrategy(Tracepoint tracepoint) {
    this.tracepoint = tracepoint;
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // Yielding is one step of the back-off, not a promise.
  public long waitFor(
      long sequence, Sequence cursor, Sequence dependentSequence, SequenceBarrier barrier)
      throws AlertException, TimeoutException {
    long available;
    while ((available = dependentSequence.get()) < sequence) {
      barrier.checkAlert();
      if (attempts < SPINS) {
        attempts++;
        Thread.onSpinWait();
      } else if (attempts < SPINS + YIELDS) {
        attempts++;
        Thread.yield();
      } else {
        park();
        if (dependentSequence.get() < sequence) {
          throw TimeoutException.INSTANCE;
        }
      }
    }
    attempts = 0;
    parkNs = MIN_PARK_NS;
    return available;
  }

  @Override
  public void signalAllWhenBlocking() {
    // Nobody waits for a signal.
  }

  private void park() {
    LockSupport.parkNanos(this, parkNs);
    parkNs = Math.min(parkNs * 2, maxParkNs());
    // A thread that stays interrupted would never park again.
    Thread.interrupted();
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
