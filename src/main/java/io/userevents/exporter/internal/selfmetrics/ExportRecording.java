// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.selfmetrics;

import io.userevents.internal.syscall.Errno;
import io.userevents.pipeline.Outcome;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Measures one export. Only what is dropped is counted on the way; what was not dropped is the rest
 * of the points that the export began with, so that a record that is written costs nothing here.
 *
 * <p>Any thread may call {@link #failed}, which neither locks nor throws.
 */
public final class ExportRecording {

  private static final int OUTCOMES = Outcome.values().length;

  private final SelfMetrics owner;
  private final ExportInstruments instruments;
  private final long points;
  private final long startNs = System.nanoTime();

  /** Dropped points: by outcome, then by errno. Null while there are none. */
  private final AtomicReference<@Nullable AtomicLongArray> failures = new AtomicReference<>();

  private final AtomicReference<@Nullable String> firstErrorType = new AtomicReference<>();

  /** Of the exporting thread, until it has settled its part of the export. */
  private @Nullable String brokenOffBy;

  private long brokenOffPoints;

  ExportRecording(SelfMetrics owner, ExportInstruments instruments, long points) {
    this.owner = owner;
    this.instruments = instruments;
    this.points = points;
    instruments.inflight(points);
  }

  /**
   * Points were dropped.
   *
   * @param errno the error's number if the outcome is {@link Outcome#DROPPED_ERROR}, else 0
   */
  public void failed(Outcome outcome, int errno, long count) {
    if (firstErrorType.get() == null) {
      firstErrorType.compareAndSet(null, ErrorTypes.of(outcome, errno));
    }
    boolean known = errno > 0 && errno < Errno.COUNT;
    failures().addAndGet(known ? OUTCOMES + errno : outcome.ordinal(), count);
  }

  /** Exporting thread: what it was given could not be read, and so many points are dropped. */
  public void brokenOff(Throwable cause, long count) {
    brokenOffBy = ErrorTypes.of(cause);
    brokenOffPoints = count;
    firstErrorType.compareAndSet(null, brokenOffBy);
  }

  /** To be called once, when every point has its outcome. Never throws. */
  public void finish() {
    try {
      record();
    } catch (Throwable e) {
      owner.failed(e);
    }
  }

  private void record() {
    instruments.inflight(-points);
    long rest = points - brokenOffPoints;
    instruments.exported(brokenOffPoints, brokenOffBy);
    AtomicLongArray counts = failures.get();
    if (counts != null) {
      for (int i = 0; i < counts.length(); i++) {
        long count = counts.get(i);
        if (count > 0) {
          rest -= count;
          instruments.exported(count, errorType(i));
        }
      }
    }
    instruments.exported(rest, null);
    instruments.duration(System.nanoTime() - startNs, firstErrorType.get());
  }

  private AtomicLongArray failures() {
    AtomicLongArray counts = failures.get();
    if (counts != null) {
      return counts;
    }
    AtomicLongArray made = new AtomicLongArray(OUTCOMES + Errno.COUNT);
    return failures.compareAndSet(null, made) ? made : failures();
  }

  private static String errorType(int index) {
    return index < OUTCOMES
        ? ErrorTypes.of(Outcome.values()[index], 0)
        : ErrorTypes.of(Outcome.DROPPED_ERROR, index - OUTCOMES);
  }
}
