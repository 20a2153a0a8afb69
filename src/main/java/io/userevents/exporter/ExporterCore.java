// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.exporter.prepared.PreparedPointsBuilder;
import io.userevents.pipeline.PipelineStatistics;
import java.util.Collection;

/**
 * What an exporter does with metrics, behind its public face: it publishes them through a pipeline,
 * or, where there can be no pipeline, it does nothing.
 *
 * <p>A class and not an interface: a JVM with one kind of exporter calls it without a look at its
 * type. Thread-safe.
 */
abstract class ExporterCore {

  final ExporterCounters counters = new ExporterCounters();

  /** Whether a listener is attached. */
  abstract boolean isAttached();

  /** See {@link io.userevents.pipeline.RecordPipeline#recordingNumber}. */
  abstract long recordingNumber();

  /** See {@link UserEventsMetricExporter#beginSelfMetrics}. */
  abstract void beginSelfMetrics();

  /** Publishes the metrics if a listener is attached. The exporter is not shut down. */
  abstract CompletableResultCode export(Collection<MetricData> metrics);

  /** Like {@link #export}, but metrics that find no listener are counted point by point. */
  abstract CompletableResultCode exportCollected(Collection<MetricData> metrics);

  abstract CompletableResultCode flush();

  /** To be called once. */
  abstract CompletableResultCode shutdown();

  abstract PreparedPointsBuilder preparedPoints();

  abstract PipelineStatistics pipelineStatistics();

  /** Returns the pipeline's settings, or why there is none. */
  @Override
  public abstract String toString();
}
