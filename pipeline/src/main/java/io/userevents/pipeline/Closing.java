// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends a pipeline, by one bounded step in each duty cycle. Only the consumer's thread uses it,
 * except where a method says otherwise.
 *
 * <p>The end needs no help from publishers. The consumer stops freeing slots and claims all that
 * are left. From then on the ring is full for good, so every record is either among those that the
 * consumer still drains, or was refused. Then no thread can write to the slots any more, and their
 * memory can be freed.
 *
 * <p>A step that fails is tried again, because memory may be short only for a moment. The first two
 * are tried until they are done: no other code gives the records their outcomes, and the memory
 * must not be freed while a publisher can write to it. The other steps are given up after a while,
 * so that the steps behind them are done.
 */
final class Closing {

  /** How long the end waits for an open claim. */
  static final long MAX_CLAIM_NS = TimeUnit.SECONDS.toNanos(5);

  /** How long a failing step is tried again. */
  private static final long MAX_STEP_NS = TimeUnit.SECONDS.toNanos(1);

  private static final int MAX_FAILED_CONTINUATIONS = 10_000;

  private static final int SEAL = 0;
  private static final int DRAIN = 1;
  private static final int CLOSE_TRACEPOINT = 2;
  private static final int REPORT_DROPS = 3;
  private static final int COMPLETE_REPORTS = 4;
  private static final int FREE = 5;
  private static final int TELL = 6;

  private final RecordRing ring;
  private final Drain drain;
  private final Duties duties;
  private final TracepointSession session;
  private final Counters counters;
  private final DropReporter dropReporter;
  private final ConsumerErrors errors;
  private final Runnable reports;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private int step = SEAL;
  private long stepFailsSinceNs;
  private boolean hasStepFailed;

  /** The last slot of all. */
  private long last;

  private long claimDeadlineNs;
  private boolean isMemoryKept;

  /**
   * Creates the end of a pipeline.
   *
   * @param reports completes the reports of other parts, when nothing more can happen to a record
   */
  Closing(
      RecordRing ring,
      Drain drain,
      Duties duties,
      TracepointSession session,
      Counters counters,
      DropReporter dropReporter,
      ConsumerErrors errors,
      Runnable reports) {
    this.ring = ring;
    this.drain = drain;
    this.duties = duties;
    this.session = session;
    this.counters = counters;
    this.dropReporter = dropReporter;
    this.errors = errors;
    this.reports = reports;
  }

  /**
   * Returns a future that completes as the consumer's last act. It is a copy, so that no caller can
   * complete it. Any thread may call this.
   */
  CompletableFuture<Void> ended() {
    return ended.copy();
  }

  /** Returns whether the pipeline has ended. Any thread may call this. */
  boolean hasEnded() {
    return ended.isDone();
  }

  /** Does the next step, after the drain and the duties of the same cycle. */
  void advance(long nowNs) {
    try {
      StackHeadroom.requireForSetUp();
      if (perform(nowNs)) {
        next();
      }
    } catch (Throwable e) {
      errors.onError(e);
      if (!hasStepFailed) {
        hasStepFailed = true;
        stepFailsSinceNs = nowNs;
      } else if (step > DRAIN && nowNs - stepFailsSinceNs >= MAX_STEP_NS) {
        next();
      }
    }
  }

  private void next() {
    step++;
    hasStepFailed = false;
  }

  /** Returns whether the step is done. */
  private boolean perform(long nowNs) {
    switch (step) {
      case SEAL -> seal(nowNs);
      case DRAIN -> {
        return isDrained(nowNs);
      }
      case CLOSE_TRACEPOINT -> session.close();
      case REPORT_DROPS -> dropReporter.report(nowNs);
      case COMPLETE_REPORTS -> completeReports();
      case FREE -> free();
      case TELL -> tell();
      default -> {
        return false;
      }
    }
    return true;
  }

  private void seal(long nowNs) {
    counters.waiting(ring.lastClaimed() - drain.settled());
    drain.seal();
    ring.seal();
    last = ring.lastClaimed();
    claimDeadlineNs = nowNs + MAX_CLAIM_NS;
  }

  private boolean isDrained(long nowNs) {
    if (drain.settled() >= last) {
      return true;
    }
    if (nowNs - claimDeadlineNs >= 0 && drain.pauseNs() == 0 && duties.isHeldUp()) {
      isMemoryKept = true;
      duties.claimWatch().giveUp(drain.next(), drain);
    }
    return false;
  }

  private void completeReports() {
    reports.run();
    session.completeReports();
    errors.completeReports();
  }

  private void free() {
    drain.free();
    // If the memory is kept, a thread may still write to it.
    if (!isMemoryKept) {
      ring.freeMemory();
    }
  }

  private void tell() {
    duties.flushes().complete(Long.MAX_VALUE);
    completeEnded();
    // These flushes came in between and saw that the pipeline had not ended.
    duties.flushes().complete(Long.MAX_VALUE);
  }

  /**
   * Completes the future, and repeats that if a continuation has thrown and there was no memory to
   * note it. Otherwise the continuations behind it would never run, because no other code completes
   * the future. Each time at least one of them is finished.
   */
  private void completeEnded() {
    for (int i = 0; i < MAX_FAILED_CONTINUATIONS; i++) {
      try {
        ended.complete(null);
        return;
      } catch (Throwable e) {
        errors.onError(e);
      }
    }
  }
}
