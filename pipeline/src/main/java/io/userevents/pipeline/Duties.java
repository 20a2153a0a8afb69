// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.TimeUnit;

/**
 * Does the work that is due by the clock: it checks the tracepoint, flushes, claims that hold up
 * the ring, and the reports of drops. Only the consumer's thread uses it. One check does a bounded
 * amount of work.
 */
final class Duties extends DutiesState {

  /**
   * The time between checks for drops that were not reported at once because of an earlier report.
   */
  private static final long REPORT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

  private final RecordRing ring;
  private final Drain drain;
  private final TracepointSession session;
  private final Counters counters;
  private final DropReporter dropReporter;
  private final ClaimWatch claimWatch;
  private final ConsumerErrors errors;
  private final Flushes flushes = new Flushes(this::obstacle);

  /**
   * A cache line behind the fields that the consumer writes while it waits; see {@link
   * ConsumerPadding}.
   */
  @SuppressWarnings({"UnusedVariable", "MultiVariableDeclaration"})
  private long p1, p2, p3, p4, p5, p6, p7, p8;

  Duties(
      RecordRing ring,
      Drain drain,
      TracepointSession session,
      Counters counters,
      DropReporter dropReporter,
      ConsumerErrors errors) {
    this.ring = ring;
    this.drain = drain;
    this.session = session;
    this.counters = counters;
    this.dropReporter = dropReporter;
    this.errors = errors;
    claimWatch = new ClaimWatch(counters.publishers(), ring);
  }

  /** Registers the tracepoint. Call this once, as the first method. Never throws. */
  void start(long nowNs) {
    lastLookNs = nowNs;
    nextReportNs = nowNs;
    try {
      session.start(nowNs);
    } catch (Throwable e) {
      // Memory may be short for a moment, and the registration is tried again.
      errors.onError(e);
    }
  }

  /**
   * Does the work that is due. Never throws.
   *
   * @param workCount how many slots the drain has taken since the last call
   */
  void perform(int workCount, long nowNs) {
    // This also follows a cycle without work, because the consumer may have slept since.
    if (workCount > 0) {
      counters.drainPause(nowNs - lastLookNs);
    }
    lastLookNs = nowNs;
    try {
      session.poll(nowNs);
    } catch (Throwable e) {
      errors.onError(e);
    }
    try {
      boolean isCounted = counters.publishers().lookAfter(nowNs);
      boolean hasDropped = counters.takeDropped();
      if (isCounted || hasDropped || nowNs - nextReportNs >= 0) {
        nextReportNs = nowNs + REPORT_INTERVAL_NS;
        dropReporter.poll(nowNs);
      }
    } catch (Throwable e) {
      errors.onError(e);
    }
    try {
      flushes.lookAfter(drain.settled(), nowNs);
    } catch (Throwable e) {
      errors.onError(e);
    }
    try {
      if (workCount == 0 && isHeldUp()) {
        claimWatch.heldUp(drain.next(), nowNs);
      }
    } catch (Throwable e) {
      errors.onError(e);
    }
  }

  /** Returns whether the next slot is claimed and not published. */
  boolean isHeldUp() {
    long next = drain.next();
    return ring.isClaimed(next) && !ring.isPublished(next);
  }

  Flushes flushes() {
    return flushes;
  }

  ClaimWatch claimWatch() {
    return claimWatch;
  }

  /** Returns what holds up the records behind the last settled one, for the messages of flushes. */
  private String obstacle(long settled) {
    long next = settled + 1;
    return ring.isClaimed(next) && !ring.isPublished(next)
        ? "a claim holds them up: "
            + claimWatch.describe(next)
            + "; commit or abort it, best with try-with-resources"
        : "the kernel, pacing, or an outcome listener takes long with each; see in a thread dump what the"
            + " consumer does, or allow more time";
  }
}
