// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.selfmetrics;

import io.userevents.internal.syscall.Errno;
import io.userevents.pipeline.Outcome;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Measures one export. Only dropped points are counted during the export; the others are the rest
 * of the points that the export began with, so a written record costs nothing here.
 *
 * <p>Any thread may call {@link #failed}, which neither locks nor throws.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class ExportRecording {

  private static final int OUTCOMES = Outcome.values().length;

  private final SelfMetrics owner;
  private final ExportInstruments instruments;
  private final long points;
  private final long startNs = System.nanoTime();

  /** The dropped points by outcome, then by errno; null while there are none. */
  private final AtomicReference<@Nullable AtomicLongArray> failures = new AtomicReference<>();

  private final AtomicReference<@Nullable String> firstErrorType = new AtomicReference<>();

  /**
   * The failure of the export. Only the exporting thread uses it, until it has settled its part of
   * the export.
   */
  private @Nullable String brokenOffBy;

  private long brokenOffPoints;

  ExportRecording(SelfMetrics owner, ExportInstruments instruments, long points) {
    this.owner = owner;
    this.instruments = instruments;
    this.points = points;
    instruments.inflight(points);
  }

  /**
   * Counts dropped points.
   *
   * @param outcome the outcome of the points
   * @param errno number of the error if the outcome is {@link Outcome#DROPPED_ERROR}, otherwise 0
   * @param count the number of points
   */
  public void failed(Outcome outcome, int errno, long count) {
    if (firstErrorType.get() == null) {
      firstErrorType.compareAndSet(null, ErrorTypes.of(outcome, errno));
    }
    boolean known = errno > 0 && errno < Errno.COUNT;
    failures().addAndGet(known ? OUTCOMES + errno : outcome.ordinal(), count);
  }

  /**
   * Counts points that are dropped because the metric data could not be read. Only the exporting
   * thread calls this.
   *
   * @param cause the failure
   * @param count the number of points
   */
  public void brokenOff(Throwable cause, long count) {
    brokenOffBy = ErrorTypes.of(cause);
    brokenOffPoints = count;
    firstErrorType.compareAndSet(null, brokenOffBy);
  }

  /** Records the measurement. Call this once, when every point has its outcome. Never throws. */
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
