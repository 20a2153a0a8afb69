// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.exporter.prepared.PreparedPointsBuilder;
import io.userevents.pipeline.PipelineStatistics;
import java.time.Duration;
import java.util.Collection;

/**
 * The implementation of an exporter. It publishes metrics through a pipeline, or does nothing where
 * there can be no pipeline.
 *
 * <p>It is a class and not an interface, so that a JVM with one kind of exporter calls it without a
 * check of its type. Thread-safe.
 */
abstract class ExporterCore {

  final ExporterCounters counters = new ExporterCounters();

  /** Returns whether a listener is attached. */
  abstract boolean isAttached();

  /**
   * Returns whether this machine can never have the tracepoint, so that no listener ever attaches.
   */
  abstract boolean isUnsupported();

  /** Waits as {@link io.userevents.pipeline.RecordPipeline#awaitRegistration} does. */
  abstract boolean awaitRegistration(Duration timeout);

  /** Returns whether the exporter's own pipeline has not tried yet to register its tracepoint. */
  abstract boolean isRegistrationPending();

  /** Returns the number of {@link io.userevents.pipeline.RecordPipeline#recordingNumber}. */
  abstract long recordingNumber();

  /** Starts the exporter's own metrics, see {@link UserEventsMetricExporter#beginSelfMetrics}. */
  abstract void beginSelfMetrics();

  /** Publishes the metrics if a listener is attached. The exporter is not shut down. */
  abstract CompletableResultCode export(Collection<MetricData> metrics);

  /** Does the same as {@link #export}, but counts metrics that find no listener point by point. */
  abstract CompletableResultCode exportCollected(Collection<MetricData> metrics);

  abstract CompletableResultCode flush();

  /** Shuts down. Called once. */
  abstract CompletableResultCode shutdown();

  abstract PreparedPointsBuilder preparedPoints();

  abstract PipelineStatistics pipelineStatistics();

  /** Returns the pipeline's settings, or the reason why there is no pipeline. */
  @Override
  public abstract String toString();
}
