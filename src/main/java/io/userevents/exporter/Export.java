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
 * One call of {@code export}: publishes its records and completes its result when the last of them
 * has its outcome.
 *
 * <p>A record whose listener has just detached is no failure: nobody wanted it. Any other drop is.
 *
 * <p>The exporting thread and the consumer count for themselves, so that neither waits for a cache
 * line of the other with each record.
 */
final class Export extends Completion implements RecordSink, OutcomeListener {

  /** For results without a thread that completes them; as long as a flush takes at most. */
  static final long UNTHREADED_WAIT_S = 10;

  private final RecordPipeline pipeline;

  /** For how long slots of the ring are waited for, in all; 0 if they are not. */
  private final long maxWaitNs;

  private final long deadlineNs;
  private final ExporterCounters counters;
  private final OversizeReports oversizeReports;
  private final Completions completions;
  private final boolean isThreaded;
  private final Thread exportingThread = Thread.currentThread();
  private final CompletableResultCode result = new CompletableResultCode();

  /** Of the exporting thread, like the next two. */
  private boolean isPublishing = true;

  /** Points that are in a record or reported. */
  private long handled;

  /** Records that are in the ring, or were. */
  private int accepted;

  /**
   * Records in the ring without an outcome, less {@link #accepted} as long as the export is under
   * way. Decremented by the consumer.
   */
  private final AtomicInteger unsettled = new AtomicInteger();

  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /** Null if nobody asked for it. Set before the first record is published. */
  private @Nullable ExportRecording recording;

  /** Starts the thread that completes it if need be: not for the consumer's thread. */
  Export(ExportContext context) {
    pipeline = context.pipeline();
    maxWaitNs = context.maxWaitNs();
    deadlineNs = maxWaitNs == 0 ? 0 : System.nanoTime() + maxWaitNs;
    counters = context.counters();
    oversizeReports = context.oversizeReports();
    completions = context.completions();
    isThreaded = completions.begin();
  }

  /** Has the export measured; to be called before anything else. */
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
      // Whatever else fails, the result completes.
      if (unsettled.decrementAndGet() == 0 && isThreaded) {
        completions.submit(this);
      }
    }
  }

  /** All records are published. */
  void end() {
    isPublishing = false;
    if (accepted > 0) {
      // Once for all: the consumer may have gone to sleep before the last records.
      pipeline.wakeUp();
    }
    // Below 0 if the outcome of a record is known whose publishing threw.
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
   * The export broke off; records that are published already keep their outcomes. Points of metrics
   * that do not even say how many they have are not counted.
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
      // Whatever else fails, the result completes: a reader that waits for it would stand still.
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
        SdkVersions.fail(result, new ExportException(cause));
      }
    }
  }

  /** In place of the thread that could not be started. */
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

  /** Points of metrics that do not say how many they have are not counted. */
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
      // What the export broke off at throws again.
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
    // The first cause is told; the counters have them all.
    if (failure.get() == null) {
      failure.compareAndSet(null, describe(outcome, errno));
    }
  }

  private String describe(Outcome outcome, int errno) {
    // Told on the exporting thread, which is the one that waits.
    return outcome == Outcome.DROPPED_FULL
        ? ExportException.describeFull(maxWaitNs, Thread.currentThread().isInterrupted())
        : ExportException.describe(outcome, errno);
  }
}
