// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.userevents.exporter.internal.otlp.EnvelopeReduction;
import io.userevents.exporter.internal.otlp.RecordSink;
import io.userevents.exporter.internal.selfmetrics.ExportRecording;
import io.userevents.exporter.internal.selfmetrics.SelfMetrics;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.OutcomeListener;
import io.userevents.pipeline.RecordPipeline;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code export}. It publishes its records and completes its result when the last of
 * them has its outcome.
 *
 * <p>A record that is dropped because the listener has just detached is not a failure. Any other
 * drop is.
 *
 * <p>The exporting thread and the consumer count for themselves, so that neither waits for a cache
 * line of the other with each record.
 */
final class Export extends Completion implements RecordSink, OutcomeListener {

  /**
   * The longest wait for results without a thread that completes them, as long as that of a flush.
   */
  static final long UNTHREADED_WAIT_S = 10;

  private final RecordPipeline pipeline;

  /** The longest wait for slots of the ring in all; 0 for no wait. */
  private final long maxWaitNs;

  private final long deadlineNs;
  private final ExporterCounters counters;
  private final OversizeReports oversizeReports;
  private final Completions completions;
  private final boolean isThreaded;
  private final Thread exportingThread = Thread.currentThread();
  private final CompletableResultCode result = new CompletableResultCode();

  /**
   * Whether the export is publishing. Only the exporting thread uses this field and the next two.
   */
  private boolean isPublishing = true;

  /** Points that are in a record or reported. */
  private long handled;

  /** Records that the ring has taken. */
  private int accepted;

  /**
   * Records in the ring without an outcome, less {@link #accepted} as long as the export is under
   * way. The consumer decrements it.
   */
  private final AtomicInteger unsettled = new AtomicInteger();

  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /**
   * The measurement of the export; null if there is none. It is set before the first record is
   * published.
   */
  private @Nullable ExportRecording recording;

  /**
   * Creates an export, and starts the thread that completes it if necessary. The consumer's thread
   * must not call this.
   */
  Export(ExportContext context) {
    pipeline = context.pipeline();
    maxWaitNs = context.maxWaitNs();
    deadlineNs = maxWaitNs == 0 ? 0 : System.nanoTime() + maxWaitNs;
    counters = context.counters();
    oversizeReports = context.oversizeReports();
    completions = context.completions();
    isThreaded = completions.begin();
  }

  /** Starts to measure the export. Call this before all other methods. */
  void measure(SelfMetrics selfMetrics, Collection<MetricData> metrics) {
    recording = selfMetrics.start(countPoints(metrics));
  }

  CompletableResultCode result() {
    return result;
  }

  @Override
  public void onRecord(DirectBuffer buffer, int offset, int length, int points) {
    boolean isAccepted =
        maxWaitNs == 0
            ? pipeline.publish(buffer, offset, length, this, points).isAccepted()
            : pipeline.publish(buffer, offset, length, 0, this, points, deadlineNs).isAccepted();
    handled += points;
    if (isAccepted) {
      accepted++;
    }
  }

  @Override
  public void onEnvelopeReduced(EnvelopeReduction reduction) {
    counters.reducedEnvelope(reduction);
  }

  @Override
  public void onPointReduced(MetricData metric, PointData point, boolean withoutDescription) {
    counters.reduced();
    oversizeReports.reduced(metric.getName(), withoutDescription, System.nanoTime());
  }

  @Override
  public void onPointTooLarge(MetricData metric, PointData point, int encodedLength) {
    handled++;
    counters.refused(Outcome.DROPPED_TOO_LARGE, 1);
    fail(Outcome.DROPPED_TOO_LARGE, 0, 1);
    oversizeReports.dropped(metric.getName(), encodedLength, System.nanoTime());
  }

  @Override
  public void onOutcome(long points, Outcome outcome, int errno) {
    if (Thread.currentThread() == exportingThread && isPublishing) {
      counters.refused(outcome, points);
      failUnlessUnwanted(outcome, errno, points);
      return;
    }
    try {
      counters.consumed(outcome, points);
      failUnlessUnwanted(outcome, errno, points);
    } finally {
      // The result completes even if the rest fails.
      if (unsettled.decrementAndGet() == 0 && isThreaded) {
        completions.submit(this);
      }
    }
  }

  /** Ends the export, because all records are published. */
  void end() {
    isPublishing = false;
    if (accepted > 0) {
      // This is done once for all records, because the consumer may have gone to sleep before the
      // last ones.
      pipeline.wakeUp();
    }
    // The number is below 0 if a publish threw and the outcome of its record is known.
    boolean isSettled = unsettled.addAndGet(accepted) <= 0;
    if (!isThreaded) {
      if (!isSettled) {
        awaitOutcomes();
      }
      complete();
    } else if (isSettled) {
      completions.completeHere(this);
    }
  }

  /**
   * Ends an export that failed. Records that are already published keep their outcomes. Points of
   * metrics that cannot give their number are not counted.
   */
  void breakOff(Collection<MetricData> metrics, Throwable cause) {
    try {
      failure.compareAndSet(null, cause.toString());
      long dropped = Math.max(0, countPoints(metrics) - handled);
      counters.refused(Outcome.DROPPED_ERROR, dropped);
      if (recording != null) {
        recording.brokenOff(cause, dropped);
      }
    } finally {
      // The result completes even if the rest fails; a reader that waits for it would otherwise
      // hang.
      end();
    }
  }

  @Override
  void complete() {
    try {
      if (recording != null) {
        recording.finish();
      }
    } finally {
      String cause = failure.get();
      if (cause == null) {
        result.succeed();
      } else {
        fail(cause);
      }
    }
  }

  private void fail(String cause) {
    try {
      SdkVersions.fail(result, new ExportException(cause));
    } finally {
      // This does nothing unless memory was short above. A reader would wait for a result that
      // never completes.
      result.fail();
    }
  }

  /** Waits for the outcomes, instead of the thread that could not be started. */
  private void awaitOutcomes() {
    try {
      pipeline.flush().get(UNTHREADED_WAIT_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      failure.compareAndSet(null, "unknown, the exporting thread was interrupted");
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      failure.compareAndSet(null, "unknown, some have no outcome yet: " + e.getMessage());
    }
  }

  /** Counts points. Points of metrics that cannot give their number are not counted. */
  static long countPoints(Collection<MetricData> metrics) {
    long points = 0;
    for (MetricData metric : metrics) {
      points += countPoints(metric);
    }
    return points;
  }

  private static int countPoints(MetricData metric) {
    try {
      return metric.getData().getPoints().size();
    } catch (RuntimeException e) {
      // The metric at which the export failed throws again.
      return 0;
    }
  }

  private void failUnlessUnwanted(Outcome outcome, int errno, long points) {
    if (outcome != Outcome.WRITTEN && outcome != Outcome.DROPPED_DETACHED) {
      fail(outcome, errno, points);
    }
  }

  private void fail(Outcome outcome, int errno, long points) {
    if (recording != null) {
      recording.failed(outcome, errno, points);
    }
    // Only the first cause is reported; the counters have all.
    if (failure.get() == null) {
      failure.compareAndSet(null, describe(outcome, errno));
    }
  }

  private String describe(Outcome outcome, int errno) {
    // The exporting thread, which is the one that waits, reports a full ring.
    return outcome == Outcome.DROPPED_FULL
        ? ExportException.describeFull(maxWaitNs, Thread.currentThread().isInterrupted())
        : ExportException.describe(outcome, errno);
  }
}
