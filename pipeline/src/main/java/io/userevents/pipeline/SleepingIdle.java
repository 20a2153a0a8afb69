// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for records: it spins, yields, then parks for increasing times, up to a bound that grows
 * with the time for which no record has come. An idle consumer costs next to nothing, and a busy
 * one does not sleep.
 *
 * <p>These publishers wake it: those that wait for room or call {@link RecordPublisher#wakeUp}, and
 * the one that has filled a quarter of the ring during a long sleep. Others do not. After a
 * publisher has said that its burst has ended, as an exporter does, the consumer sleeps at once and
 * for the longest time, unless another thread has published since.
 */
final class SleepingIdle extends SleepingIdleState implements ConsumerIdle {

  private static final int SPINS = 50;

  /**
   * The pauses between checks of the ring, about half a µs, because each check takes a cache line
   * from a publisher.
   */
  private static final int PAUSES_PER_SPIN = 8;

  private static final int YIELDS = 50;
  private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(10);

  /** The longest park while records may come, until none has come for a second. */
  static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(2);

  /**
   * The longest park while no listener is attached, and so nothing can be published, until this has
   * lasted for 5 s.
   */
  static final long MAX_DETACHED_PARK_NS = TimeUnit.MILLISECONDS.toNanos(10);

  /** After that, a park lasts this part of the time for which no record has come. */
  static final int LULL_FRACTION = 500;

  /** The longest park when no record has come for 10 s. */
  static final long MAX_LULL_PARK_NS = TimeUnit.MILLISECONDS.toNanos(20);

  /**
   * The longest park when no listener was attached for 50 s, and the application does not need to
   * know of new ones soon.
   */
  static final long MAX_DETACHED_LULL_PARK_NS = TimeUnit.MILLISECONDS.toNanos(100);

  /** The park after a burst of which the publisher has reported the end. */
  static final long MIN_BURST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * The longest park after several bursts with no record between them; each burst doubles the park.
   * One wake-up costs as much CPU time as 50 events.
   */
  static final long MAX_BURST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1600);

  private final Tracepoint tracepoint;
  private final RecordRing ring;
  private final WakeUp wakeUp;
  private final BooleanSupplier isWatched;
  private final BooleanSupplier isBehind;
  private final long minParkNs;

  /**
   * A cache line behind the fields that the consumer writes while it waits; see {@link
   * ConsumerPadding}.
   */
  @SuppressWarnings({"UnusedVariable", "MultiVariableDeclaration"})
  private long p1, p2, p3, p4, p5, p6, p7, p8;

  /**
   * Creates the strategy.
   *
   * @param isWatched whether the application needs to know soon of listeners that come and go
   * @param isBehind whether the consumer has work other than records, and so no time for a long
   *     sleep
   */
  SleepingIdle(
      Tracepoint tracepoint,
      RecordRing ring,
      WakeUp wakeUp,
      BooleanSupplier isWatched,
      BooleanSupplier isBehind) {
    this(tracepoint, ring, wakeUp, isWatched, isBehind, MIN_PARK_NS);
  }

  /** Creates a strategy that parks for at least this long. */
  SleepingIdle(
      Tracepoint tracepoint,
      RecordRing ring,
      WakeUp wakeUp,
      BooleanSupplier isWatched,
      BooleanSupplier isBehind,
      long minParkNs) {
    this.isWatched = isWatched;
    this.isBehind = isBehind;
    this.tracepoint = tracepoint;
    this.ring = ring;
    this.wakeUp = wakeUp;
    this.minParkNs = minParkNs;
    parkNs = minParkNs;
    maxLullNs = MAX_LULL_PARK_NS;
    burstParkNs = MIN_BURST_PARK_NS;
  }

  @Override
  public void idle(int workCount, long next, long pauseNs) {
    if (workCount > 0) {
      attempts = 0;
      parkNs = minParkNs;
      maxLullNs = MAX_LULL_PARK_NS;
      idleNs = 0;
    } else if (pauseNs > 0) {
      boolean maySleep = wakeUp.sleeps(Thread.currentThread(), false);
      park(maySleep ? Math.min(pauseNs, MAX_PARK_NS) : 0);
    } else {
      idle(next);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // Yielding is one step of the back-off, not a promise.
  private void idle(long next) {
    long last = next - 1;
    // This compares values instead of clearing a flag: a later record cancels the end of the burst,
    // whether the consumer slept, waited or wrote when the publisher reported it.
    if (last == wakeUp.burstEnd() && last != sleptAfter && !ring.isClaimed(next)) {
      sleptAfter = last;
      // Spinning, yielding and short sleeps would wait for records that do not come, and cost up to
      // 100 us of CPU time after each export.
      attempts = SPINS + YIELDS;
      maxLullNs = isWatched.getAsBoolean() ? MAX_LULL_PARK_NS : burstParkNs;
      burstParkNs = Math.min(burstParkNs * 2, MAX_BURST_PARK_NS);
      parkNs = maxLullNs;
      idleNs = maxLullNs * LULL_FRACTION;
    }
    if (attempts < SPINS) {
      attempts++;
      for (int i = 0; i < PAUSES_PER_SPIN; i++) {
        Thread.onSpinWait();
      }
    } else if (attempts < SPINS + YIELDS) {
      attempts++;
      Thread.yield();
    } else {
      if (last != sleptAfter && parkNs >= MAX_PARK_NS) {
        // These records belong to no burst, so the next record may also have to be written soon.
        burstParkNs = MIN_BURST_PARK_NS;
      }
      long startNs = System.nanoTime();
      long ns = isBehind.getAsBoolean() ? Math.min(parkNs, MAX_PARK_NS) : parkNs;
      boolean maySleep = wakeUp.sleeps(Thread.currentThread(), ns > MAX_PARK_NS);
      park(maySleep && !ring.isPublished(next) ? ns : 0);
      slept(ring.isClaimed(next), isAttached(), System.nanoTime() - startNs);
    }
  }

  /** Returns whether the next idle cycle parks. */
  boolean sleepsNext() {
    return attempts >= SPINS + YIELDS;
  }

  /** Returns the length of the next park in nanoseconds. */
  long nextParkNs() {
    return parkNs;
  }

  /**
   * Decides how long to sleep the next time.
   *
   * @param claimed whether a record is under way
   * @param attached whether a listener is attached
   * @param ns length of the last sleep in nanoseconds
   */
  void slept(boolean claimed, boolean attached, long ns) {
    if (claimed || attached != wasAttached) {
      wasAttached = attached;
      maxLullNs = MAX_LULL_PARK_NS;
      idleNs = 0;
    } else {
      idleNs += ns;
      if (!attached) {
        maxLullNs = isWatched.getAsBoolean() ? MAX_LULL_PARK_NS : MAX_DETACHED_LULL_PARK_NS;
      }
    }
    long lullNs = Math.min(idleNs / LULL_FRACTION, maxLullNs);
    long boundNs = Math.max(lullNs, attached || claimed ? MAX_PARK_NS : MAX_DETACHED_PARK_NS);
    parkNs = Math.min(parkNs * 2, boundNs);
  }

  private void park(long ns) {
    LockSupport.parkNanos(this, ns);
    wakeUp.awake();
    // A thread that stays interrupted would never park again.
    Thread.interrupted();
  }

  private boolean isAttached() {
    try {
      return tracepoint.isEnabled();
    } catch (Throwable e) {
      // The callers whose work depends on the tracepoint log this; here it must not end the wait.
      return true;
    }
  }
}
