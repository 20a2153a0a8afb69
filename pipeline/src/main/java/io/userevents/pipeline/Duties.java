// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.TimeUnit;

/**
 * Does what is due by the clock: it looks after the tracepoint, after flushes, after claims that
 * hold up the ring, and after the reports of drops. It is for the consumer's thread. One look does
 * a bounded amount of work.
 */
final class Duties extends DutiesState {

  /** Between looks at drops that were not reported at once, as there was a report before. */
  private static final long REPORT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

  private final RecordRing ring;
  private final Drain drain;
  private final TracepointSession session;
  private final Counters counters;
  private final DropReporter dropReporter;
  private final ClaimWatch claimWatch;
  private final ConsumerErrors errors;
  private final Flushes flushes = new Flushes(this::obstacle);

  /** Behind the fields that the consumer writes while it waits; see {@link ConsumerPadding}. */
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

  /** To be called once, first: registers the tracepoint. Never throws. */
  void start(long nowNs) {
    lastLookNs = nowNs;
    nextReportNs = nowNs;
    try {
      session.start(nowNs);
    } catch (Throwable e) {
      // Memory may be short for a moment: it is tried again.
      errors.onError(e);
    }
  }

  /**
   * Does what is due. Never throws.
   *
   * @param workCount how many slots the drain has taken since the last look
   */
  void perform(int workCount, long nowNs) {
    // Also after a cycle without work: the consumer may have slept since.
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

  /** Whether the next slot is claimed and not published. */
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

  /** What lies behind the last record that is settled, for those who wait for more. */
  private String obstacle(long settled) {
    long next = settled + 1;
    return ring.isClaimed(next) && !ring.isPublished(next)
        ? "a claim holds them up: "
            + claimWatch.describe(next)
            + "; commit or abort it, best with try-with-resources"
        : "the kernel, pacing, or an outcome listener, takes long with each; see in a thread dump what the"
            + " consumer does, or allow more time";
  }
}
