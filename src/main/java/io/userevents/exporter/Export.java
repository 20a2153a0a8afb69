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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code export}: publishes its records and completes its result with the outcome of
 * the last of them.
 *
 * <p>A record whose listener has just detached is no failure: nobody wanted it. Any other drop is.
 */
final class Export implements RecordSink, OutcomeListener {

  private final RecordPipeline pipeline;
  private final ExporterCounters counters;
  private final OversizeReporter oversizeReporter;
  private final CompletableResultCode result = new CompletableResultCode();

  /** Records without an outcome, and one more while the export itself is under way. */
  private final AtomicInteger pending = new AtomicInteger(1);

  /** Points that are in a record or reported. Of the exporting thread. */
  private long handled;

  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /** Null if nobody asked for it. Set before the first record is published. */
  private @Nullable ExportRecording recording;

  Export(RecordPipeline pipeline, ExporterCounters counters, OversizeReporter oversizeReporter) {
    this.pipeline = pipeline;
    this.counters = counters;
    this.oversizeReporter = oversizeReporter;
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
    pending.incrementAndGet();
    boolean offered = false;
    try {
      pipeline.publish(buffer, offset, length, this, points);
      offered = true;
      handled += points;
    } finally {
      if (!offered) {
        // No outcome will come for it.
        pending.decrementAndGet();
      }
    }
  }

  @Override
  public void onEnvelopeReduced(EnvelopeReduction reduction) {
    counters.reducedEnvelope(reduction);
  }

  @Override
  public void onPointReduced(MetricData metric, PointData point, boolean withoutDescription) {
    counters.reduced();
    oversizeReporter.reportReduced(metric.getName(), withoutDescription, System.nanoTime());
  }

  @Override
  public void onPointTooLarge(MetricData metric, PointData point, int encodedLength) {
    handled++;
    counters.points(Outcome.DROPPED_TOO_LARGE, 1);
    fail(Outcome.DROPPED_TOO_LARGE, 0, 1);
    oversizeReporter.report(metric.getName(), encodedLength, System.nanoTime());
  }

  @Override
  public void onOutcome(long points, Outcome outcome, int errno) {
    try {
      counters.points(outcome, points);
      if (outcome != Outcome.WRITTEN && outcome != Outcome.DROPPED_DETACHED) {
        fail(outcome, errno, points);
      }
    } finally {
      // Whatever else fails, the result completes.
      settleOne();
    }
  }

  /** All records are published. */
  void end() {
    settleOne();
  }

  /**
   * The export broke off; records that are published already keep their outcomes. Points of metrics
   * that do not even say how many they have are not counted.
   */
  void breakOff(Collection<MetricData> metrics, Throwable cause) {
    try {
      failure.compareAndSet(null, cause.toString());
      long dropped = Math.max(0, countPoints(metrics) - handled);
      counters.points(Outcome.DROPPED_ERROR, dropped);
      if (recording != null) {
        recording.brokenOff(cause, dropped);
      }
    } finally {
      // Whatever else fails, the result completes: a reader that waits for it would stand still.
      settleOne();
    }
  }

  private static long countPoints(Collection<MetricData> metrics) {
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

  private void fail(Outcome outcome, int errno, long points) {
    if (recording != null) {
      recording.failed(outcome, errno, points);
    }
    // The first cause is told; the counters have them all.
    if (failure.get() == null) {
      failure.compareAndSet(null, ExportException.describe(outcome, errno));
    }
  }

  private void settleOne() {
    if (pending.decrementAndGet() == 0) {
      try {
        if (recording != null) {
          recording.finish();
        }
      } finally {
        String cause = failure.get();
        if (cause == null) {
          result.succeed();
        } else {
          result.failExceptionally(new ExportException(cause));
        }
      }
    }
  }
}
