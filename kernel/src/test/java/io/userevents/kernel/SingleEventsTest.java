// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongGauge;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.pipeline.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * With one point per event, the events of an SDK that is shut down after some instruments recorded
 * are those that readers of the Rust exporter's expect: one complete point each, and no other
 * event. Three independent readers receive the same events.
 */
@Tag("kernel")
final class SingleEventsTest {

  private static final Attributes BUY =
      Attributes.builder().put("side", "buy").put("venue", "XLON").build();
  private static final Attributes SELL =
      Attributes.builder().put("side", "sell").put("venue", "XPAR").build();
  private static final List<KeyValue> BUY_KEYS =
      List.of(keyValue("side", "buy"), keyValue("venue", "XLON"));
  private static final List<KeyValue> SELL_KEYS =
      List.of(keyValue("side", "sell"), keyValue("venue", "XPAR"));

  @RegisterExtension final Exporters exporters = new Exporters();

  @Test
  void shouldDeliverAnEventForEachAttributeSetOfACounter() throws Exception {
    List<Metric> metrics =
        receivedBy(
            meter -> {
              LongCounter orders =
                  meter
                      .counterBuilder("orders")
                      .setDescription("orders taken")
                      .setUnit("{order}")
                      .build();
              orders.add(1, BUY);
              orders.add(1, SELL);
            });

    assertThat(metrics)
        .hasSize(2)
        .allSatisfy(
            metric -> {
              assertThat(metric.getName()).isEqualTo("orders");
              assertThat(metric.getDescription()).isEqualTo("orders taken");
              assertThat(metric.getUnit()).isEqualTo("{order}");
              assertThat(metric.getSum().getIsMonotonic()).isTrue();
              assertThat(metric.getSum().getAggregationTemporality())
                  .isEqualTo(AGGREGATION_TEMPORALITY_DELTA);
              assertThat(metric.getSum().getDataPointsList())
                  .singleElement()
                  .returns(1L, NumberDataPoint::getAsInt);
            });
    assertThat(metrics)
        .extracting(metric -> metric.getSum().getDataPoints(0).getAttributesList())
        .containsExactlyInAnyOrder(BUY_KEYS, SELL_KEYS);
  }

  @Test
  void shouldDeliverAnEventForEachAttributeSetOfAGauge() throws Exception {
    List<Metric> metrics =
        receivedBy(
            meter -> {
              LongGauge depth =
                  meter.gaugeBuilder("depth").ofLongs().setDescription("book").setUnit("1").build();
              depth.set(42, BUY);
              depth.set(43, SELL);
            });

    assertThat(metrics)
        .hasSize(2)
        .allSatisfy(
            metric -> {
              assertThat(metric.getName()).isEqualTo("depth");
              assertThat(metric.getGauge().getDataPointsList()).hasSize(1);
            });
    assertThat(valuesOf(metrics)).containsOnly(Map.entry(BUY_KEYS, 42L), Map.entry(SELL_KEYS, 43L));
  }

  @Test
  void shouldDeliverTheNetValuesOfAnUpDownCounter() throws Exception {
    List<Metric> metrics =
        receivedBy(
            meter -> {
              LongUpDownCounter open = meter.upDownCounterBuilder("open").build();
              open.add(10, BUY);
              open.add(-5, BUY);
              open.add(-3, SELL);
            });

    assertThat(metrics)
        .hasSize(2)
        .allSatisfy(
            metric -> {
              assertThat(metric.getSum().getIsMonotonic()).isFalse();
              assertThat(metric.getSum().getAggregationTemporality())
                  .isEqualTo(AGGREGATION_TEMPORALITY_CUMULATIVE);
              assertThat(metric.getSum().getDataPointsList()).hasSize(1);
            });
    assertThat(valuesOf(metrics)).containsOnly(Map.entry(BUY_KEYS, 5L), Map.entry(SELL_KEYS, -3L));
  }

  @Test
  void shouldDeliverAHistogramAsOneEvent() throws Exception {
    List<Metric> metrics =
        receivedBy(
            meter -> {
              DoubleHistogram latency =
                  meter
                      .histogramBuilder("latency")
                      .setDescription("of fills")
                      .setUnit("ms")
                      .build();
              latency.record(1.0, BUY);
              latency.record(5.0, BUY);
              latency.record(10.0, BUY);
            });

    assertThat(metrics).hasSize(1);
    Metric metric = metrics.get(0);
    assertThat(metric.getName()).isEqualTo("latency");
    assertThat(metric.getDescription()).isEqualTo("of fills");
    assertThat(metric.getUnit()).isEqualTo("ms");
    assertThat(metric.getHistogram().getDataPointsList()).hasSize(1);
    HistogramDataPoint point = metric.getHistogram().getDataPoints(0);
    assertThat(point.getAttributesList()).isEqualTo(BUY_KEYS);
    assertThat(point.getCount()).isEqualTo(3);
    assertThat(point.getSum()).isEqualTo(16.0);
    assertThat(point.getMin()).isEqualTo(1.0);
    assertThat(point.getMax()).isEqualTo(10.0);
    assertThat(point.getBucketCountsList()).hasSize(point.getExplicitBoundsCount() + 1);
    assertThat(point.getBucketCountsList().stream().mapToLong(Long::longValue).sum()).isEqualTo(3);
  }

  /**
   * Returns the metric of each event in the order of the writes. Checks its envelope, and that all
   * readers received the same.
   */
  private List<Metric> receivedBy(Consumer<Meter> recording) throws Exception {
    UserEventsMetricExporter exporter =
        exporters.build(UserEventsMetricExporter.builder().setOnePointPerEvent(true));
    Map<String, List<byte[]>> received = new LinkedHashMap<>();
    SdkMeterProvider provider =
        TestSdk.builder(exporter)
            .setResource(Resource.create(Attributes.builder().put("service.name", "shop").build()))
            .build();
    try (provider) {
      PerfReader perf = PerfReader.start();
      FtraceReader ftrace = FtraceReader.start();
      ListenerReader listener = ListenerReader.start();
      Tracing.await("attachment", exporter::isAttached);
      recording.accept(provider.get("shop.orders"));

      assertThat(provider.shutdown().join(300, TimeUnit.SECONDS).isSuccess()).isTrue();

      received.put("listener", listener.end());
      received.put("perf", perf.end());
      received.put("ftrace", ftrace.end());
    }
    long written = exporter.statistics().points(Outcome.WRITTEN);
    received.forEach(
        (reader, events) ->
            assertThat(events)
                .as("events of %s", reader)
                .hasSize((int) written)
                .containsExactlyElementsOf(received.get("listener")));
    List<byte[]> events = received.get("perf");
    for (ExportMetricsServiceRequest request : Received.decode(events)) {
      assertThat(request.getResourceMetricsList()).hasSize(1);
      ResourceMetrics resource = request.getResourceMetrics(0);
      assertThat(resource.getResource().getAttributesList())
          .containsExactly(keyValue("service.name", "shop"));
      assertThat(resource.getScopeMetricsList()).hasSize(1);
      ScopeMetrics scope = resource.getScopeMetrics(0);
      assertThat(scope.getScope().getName()).isEqualTo("shop.orders");
      assertThat(scope.getMetricsList()).hasSize(1);
    }
    return Received.metrics(events);
  }

  private static Map<List<KeyValue>, Long> valuesOf(List<Metric> metrics) {
    Map<List<KeyValue>, Long> values = new LinkedHashMap<>();
    for (Metric metric : metrics) {
      NumberDataPoint point =
          metric.hasGauge() ? metric.getGauge().getDataPoints(0) : metric.getSum().getDataPoints(0);
      assertThat(values.put(point.getAttributesList(), point.getAsInt())).isNull();
    }
    return values;
  }

  private static KeyValue keyValue(String key, String value) {
    return AllInstruments.keyValue(key, AllInstruments.textOf(value));
  }
}
