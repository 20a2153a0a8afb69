// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.selfmetrics;

import static io.userevents.exporter.internal.selfmetrics.ErrorTypes.ERROR_TYPE;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.pipeline.TracepointState;
import java.util.Locale;

/**
 * The metrics of a pipeline: its ring, its drops, and whether a listener is attached. They are read
 * from the pipeline when the SDK collects, and cost nothing in between.
 *
 * <p>All of them are additive, so there are no gauges; the conventions define the metrics of queues
 * and states in the same way.
 */
final class PipelineInstruments implements AutoCloseable {

  private static final AttributeKey<String> STATE =
      AttributeKey.stringKey("user_events.tracepoint.state");

  private final RecordPipeline pipeline;
  private final Attributes component;
  private final ObservableLongMeasurement usage;
  private final ObservableLongMeasurement limit;
  private final ObservableLongMeasurement dropped;
  private final ObservableLongMeasurement status;
  private final BatchCallback callback;

  PipelineInstruments(Meter meter, Attributes component, RecordPipeline pipeline) {
    this.pipeline = pipeline;
    this.component = component;
    usage =
        meter
            .upDownCounterBuilder("user_events.ring.usage")
            .setUnit("{slot}")
            .setDescription("Slots of the ring that are in use.")
            .buildObserver();
    limit =
        meter
            .upDownCounterBuilder("user_events.ring.limit")
            .setUnit("{slot}")
            .setDescription("Slots that the ring has.")
            .buildObserver();
    dropped =
        meter
            .counterBuilder("user_events.record.dropped")
            .setUnit("{record}")
            .setDescription("Records that were not written, by cause.")
            .buildObserver();
    status =
        meter
            .upDownCounterBuilder("user_events.tracepoint.status")
            .setUnit("{tracepoint}")
            .setDescription("1 for the state that the tracepoint is in, 0 for the others.")
            .buildObserver();
    callback = meter.batchCallback(this::observe, usage, limit, dropped, status);
  }

  @Override
  public void close() {
    callback.close();
  }

  /**
   * Observes the pipeline. The SDK calls this and holds its own locks. The lock of the statistics
   * is held only for the time of a sum, and its holder never waits.
   */
  private void observe() {
    usage.record(pipeline.usedSlots(), component);
    limit.record(pipeline.ringSlots(), component);
    TracepointState current = pipeline.state();
    for (TracepointState state : TracepointState.values()) {
      status.record(
          state == current ? 1 : 0,
          component.toBuilder().put(STATE, state.name().toLowerCase(Locale.ROOT)).build());
    }
    PipelineStatistics statistics = pipeline.statistics();
    for (Outcome outcome : Outcome.values()) {
      if (outcome != Outcome.WRITTEN && outcome != Outcome.DROPPED_ERROR) {
        dropped(outcome, 0, statistics.count(outcome));
      }
    }
    statistics.errors().forEach((errno, count) -> dropped(Outcome.DROPPED_ERROR, errno, count));
  }

  private void dropped(Outcome outcome, int errno, long count) {
    if (count > 0) {
      dropped.record(
          count, component.toBuilder().put(ERROR_TYPE, ErrorTypes.of(outcome, errno)).build());
    }
  }
}
