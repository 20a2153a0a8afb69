// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.exporter.prepared.PreparedPoints;
import io.userevents.exporter.prepared.PreparedPointsBuilder;
import io.userevents.pipeline.PipelineStatistics;
import java.time.Duration;
import java.util.Collection;

/**
 * Does nothing, as if no listener were ever attached. It is for a machine or a class path on which
 * there can be no pipeline, and needs no class of Disruptor, Agrona or JNA.
 */
final class DisabledCore extends ExporterCore {

  private final String reason;

  DisabledCore(String reason) {
    this.reason = reason;
  }

  @Override
  boolean isAttached() {
    return false;
  }

  @Override
  boolean isUnsupported() {
    return true;
  }

  @Override
  boolean awaitRegistration(Duration timeout) {
    return true;
  }

  @Override
  boolean isRegistrationPending() {
    return false;
  }

  @Override
  long recordingNumber() {
    return 0;
  }

  @Override
  void beginSelfMetrics() {
    // There is neither a ring nor a tracepoint to observe.
  }

  @Override
  CompletableResultCode export(Collection<MetricData> metrics) {
    counters.skipped();
    return CompletableResultCode.ofSuccess();
  }

  @Override
  CompletableResultCode exportCollected(Collection<MetricData> metrics) {
    return export(metrics);
  }

  @Override
  CompletableResultCode flush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  CompletableResultCode shutdown() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  PreparedPointsBuilder preparedPoints() {
    return PreparedPoints.disabled();
  }

  @Override
  PipelineStatistics pipelineStatistics() {
    return PipelineStatistics.none();
  }

  @Override
  public String toString() {
    return "none (disabled: " + reason + ")";
  }
}
