// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Exports 200,000 series at once to a listener that takes its time for each event, and checks that
 * it has received each series once and that the exporter says so.
 */
final class LargeExport {

  static final int SERIES = 200_000;

  /** As long as a write to the kernel takes with a listener. */
  private static final long WRITE_NS = 3000;

  /** The ring's by default. */
  private static final int RING_SLOTS = 1024;

  /** The time limit of a test: the exporter waits for slots for 60 s, and then drops. */
  private static final long LIMIT_SECONDS = 180;

  private LargeExport() {}

  /**
   * Exports, with all that is not set at its default.
   *
   * @param builder sets neither tracepoint nor pipeline
   */
  static void requireWhole(LargeMetric metric, UserEventsMetricExporterBuilder builder)
      throws InvalidProtocolBufferException {
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
    SlowListener listener = new SlowListener();
    tracepoint.attach(listener);
    ExporterStatistics statistics;
    try (UserEventsMetricExporter exporter = builder.setTracepoint(tracepoint).build()) {
      CompletableResultCode result = exporter.export(List.of(metric.data(SERIES)));
      result.join(LIMIT_SECONDS, TimeUnit.SECONDS);
      statistics = exporter.statistics();
      assertThat(result.isSuccess())
          .as("%s, %s", result.getFailureThrowable(), statistics)
          .isTrue();
    }

    for (Outcome outcome : Outcome.values()) {
      assertThat(statistics.points(outcome))
          .as("%s of %s", outcome, statistics)
          .isEqualTo(outcome == Outcome.WRITTEN ? SERIES : 0);
    }
    PipelineStatistics pipeline = statistics.pipeline();
    assertThat(pipeline.written()).isEqualTo(pipeline.offered());
    assertThat(pipeline.written()).as("larger than the ring").isGreaterThan(RING_SLOTS);
    // Not hasSize, which would print all bytes.
    assertThat((long) listener.events.size()).isEqualTo(pipeline.events());
    assertThat(listener.events.stream().mapToLong(event -> event.length).sum())
        .isEqualTo(pipeline.writtenBytes());
    requireEachOnce(listener.events);
  }

  private static void requireEachOnce(Queue<byte[]> events) throws InvalidProtocolBufferException {
    BitSet seen = new BitSet(SERIES);
    for (byte[] event : events) {
      for (ResourceMetrics resource :
          ExportMetricsServiceRequest.parseFrom(event).getResourceMetricsList()) {
        for (ScopeMetrics scope : resource.getScopeMetricsList()) {
          scope.getMetricsList().forEach(metric -> addPoints(metric, seen));
        }
      }
    }
    assertThat(seen.nextClearBit(0)).as("first series that was not received").isEqualTo(SERIES);
    assertThat(seen.length()).isEqualTo(SERIES);
  }

  private static void addPoints(Metric metric, BitSet seen) {
    for (NumberDataPoint point :
        metric.hasSum()
            ? metric.getSum().getDataPointsList()
            : metric.getGauge().getDataPointsList()) {
      add(seen, point.getAttributesList());
    }
    for (HistogramDataPoint point : metric.getHistogram().getDataPointsList()) {
      add(seen, point.getAttributesList());
    }
    for (ExponentialHistogramDataPoint point :
        metric.getExponentialHistogram().getDataPointsList()) {
      add(seen, point.getAttributesList());
    }
    for (SummaryDataPoint point : metric.getSummary().getDataPointsList()) {
      add(seen, point.getAttributesList());
    }
  }

  private static void add(BitSet seen, List<KeyValue> attributes) {
    String customer = attributes.get(0).getValue().getStringValue();
    int series = Integer.parseInt(customer.substring(LargeMetric.CUSTOMER_PREFIX.length()));
    if (seen.get(series)) {
      throw new AssertionError("received twice: " + customer);
    }
    seen.set(series);
  }

  /** Holds up each write as the kernel would. */
  private static final class SlowListener implements Consumer<byte[]> {

    private final Queue<byte[]> events = new ConcurrentLinkedQueue<>();

    @Override
    public void accept(byte[] event) {
      long endNs = System.nanoTime() + WRITE_NS;
      events.add(event);
      while (System.nanoTime() - endNs < 0) {
        Thread.onSpinWait();
      }
    }
  }
}
