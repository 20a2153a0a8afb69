// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for records by spinning, yielding, then parking for longer and longer, up to a bound that
 * grows with the time for which nothing has come. An idle consumer costs next to nothing, and a
 * busy one does not sleep.
 *
 * <p>Publishers do not wake it, but for those that wait for room or ask to be written soon, and the
 * one that has filled a quarter of the ring during a long sleep. A publisher that says when it has
 * nothing more for now, as an exporter does, has the consumer sleep at once and for the longest
 * time, unless another has published since.
 */
final class SleepingIdle extends SleepingIdleState implements ConsumerIdle {

  private static final int SPINS = 50;

  /**
   * Between looks at the ring, as each one takes a cache line from a publisher: about half a µs.
   */
  private static final int PAUSES_PER_SPIN = 8;

  private static final int YIELDS = 50;
  private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(10);

  /** While records may come, until none have come for a second. */
  static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(2);

  /** While nobody listens, and so nothing can be published, until that has lasted for 5 s. */
  static final long MAX_DETACHED_PARK_NS = TimeUnit.MILLISECONDS.toNanos(10);

  /** From then on it sleeps for this part of the time for which nothing has come. */
  static final int LULL_FRACTION = 500;

  /** When nothing has come for 10 s. */
  static final long MAX_LULL_PARK_NS = TimeUnit.MILLISECONDS.toNanos(20);

  /** When nobody has listened for 50 s, and nobody asked to know soon of those who come. */
  static final long MAX_DETACHED_LULL_PARK_NS = TimeUnit.MILLISECONDS.toNanos(100);

  /** After a burst whose publisher has said that it has ended, and will say so again. */
  static final long MIN_BURST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * After some bursts with no record between them: each one doubles the sleep. One wake-up costs as
   * much CPU time as 50 events.
   */
  static final long MAX_BURST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1600);

  private final Tracepoint tracepoint;
  private final RecordRing ring;
  private final WakeUp wakeUp;
  private final BooleanSupplier isWatched;
  private final BooleanSupplier isBehind;
  private final long minParkNs;

  /** Behind the fields that the consumer writes while it waits; see {@link ConsumerPadding}. */
  @SuppressWarnings({"UnusedVariable", "MultiVariableDeclaration"})
  private long p1, p2, p3, p4, p5, p6, p7, p8;

  /**
   * Makes one.
   *
   * @param isWatched whether somebody wants to know soon of listeners that come and go
   * @param isBehind whether the consumer has other work than records, and no time to sleep for long
   */
  SleepingIdle(
      Tracepoint tracepoint,
      RecordRing ring,
      WakeUp wakeUp,
      BooleanSupplier isWatched,
      BooleanSupplier isBehind) {
    this(tracepoint, ring, wakeUp, isWatched, isBehind, MIN_PARK_NS);
  }

  /** Parks for at least so long. */
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
    // Compared, in place of a flag that is cleared: a later record makes the end of the burst void,
    // whether the consumer slept, waited or wrote when the publisher said it.
    if (last == wakeUp.burstEnd() && last != sleptAfter && !ring.isClaimed(next)) {
      sleptAfter = last;
      // Spinning, yielding and short sleeps would wait for records that do not come: up to 100 us
      // of CPU time after each export.
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
        // These records belong to no burst, so the next one may have to be written soon as well.
        burstParkNs = MIN_BURST_PARK_NS;
      }
      long startNs = System.nanoTime();
      long ns = isBehind.getAsBoolean() ? Math.min(parkNs, MAX_PARK_NS) : parkNs;
      boolean maySleep = wakeUp.sleeps(Thread.currentThread(), ns > MAX_PARK_NS);
      park(maySleep && !ring.isPublished(next) ? ns : 0);
      slept(ring.isClaimed(next), isAttached(), System.nanoTime() - startNs);
    }
  }

  /** Whether the next idle cycle parks, or would. */
  boolean sleepsNext() {
    return attempts >= SPINS + YIELDS;
  }

  /** How long the next park is, in nanoseconds. */
  long nextParkNs() {
    return parkNs;
  }

  /**
   * Says how long to sleep the next time.
   *
   * @param claimed whether a record is under way
   * @param attached whether a listener is attached
   * @param ns how long it has slept now
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
      // Said in the log by those whose work depends on it; here it must not end the wait.
      return true;
    }
  }
}
