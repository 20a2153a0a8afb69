// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongGauge;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The events of an SDK that is shut down after some instruments recorded, as readers of the Rust
 * exporter's expect them: one point each, complete, and no other event.
 */
@Timeout(300)
class SingleEventsTest {

  private static final Attributes BUY =
      Attributes.builder().put("side", "buy").put("venue", "XLON").build();
  private static final Attributes SELL =
      Attributes.builder().put("side", "sell").put("venue", "XPAR").build();
  private static final List<KeyValue> BUY_KEYS =
      List.of(keyValue("side", "buy"), keyValue("venue", "XLON"));
  private static final List<KeyValue> SELL_KEYS =
      List.of(keyValue("side", "sell"), keyValue("venue", "XPAR"));

  /** With what an agent needs that forwards to Geneva; see {@code docs/other-exporters.md}. */
  private static final Resource RESOURCE =
      Resource.create(
          Attributes.builder()
              .put("_microsoft_metrics_account", "shop-metrics")
              .put("_microsoft_metrics_namespace", "orders")
              .put("service.name", "shop")
              .build());

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
  private final ReceivedEvents received = new ReceivedEvents();
  private final CollectionOrder collected = new CollectionOrder();

  @Test
  void shouldWriteAnEventForEachAttributeSetOfACounter() throws Exception {
    List<Metric> metrics =
        eventsOf(
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
  void shouldWriteAnEventForEachAttributeSetOfAGauge() throws Exception {
    List<Metric> metrics =
        eventsOf(
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
    NumberDataPoint buy = numberPoint(metrics, BUY_KEYS);
    assertThat(buy.getAsInt()).isEqualTo(42);
    assertThat(numberPoint(metrics, SELL_KEYS).getAsInt()).isEqualTo(43);
  }

  @Test
  void shouldWriteTheNetValuesOfAnUpDownCounter() throws Exception {
    List<Metric> metrics =
        eventsOf(
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
    assertThat(numberPoint(metrics, BUY_KEYS).getAsInt()).isEqualTo(5);
    assertThat(numberPoint(metrics, SELL_KEYS).getAsInt()).isEqualTo(-3);
  }

  @Test
  void shouldWriteAHistogramAsOneEvent() throws Exception {
    List<Metric> metrics =
        eventsOf(
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

  @Test
  void shouldWriteAllInstrumentsInTheOrderInWhichTheSdkGaveThem() throws Exception {
    List<Metric> metrics =
        eventsOf(
            meter -> {
              LongCounter counter = meter.counterBuilder("counter").build();
              LongGauge gauge = meter.gaugeBuilder("gauge").ofLongs().build();
              for (int i = 0; i < 50; i++) {
                Attributes attributes = Attributes.builder().put("number", i).build();
                counter.add(1 + i, attributes);
                gauge.set(1000 + i, attributes);
              }
            });

    assertThat(metrics.stream().map(SingleEventsTest::nameAndValue))
        .hasSize(100)
        .containsExactlyElementsOf(collected.namesAndValues());
    assertThat(LongStream.range(0, 50).mapToObj(i -> "counter=" + (1 + i)))
        .allSatisfy(expected -> assertThat(collected.namesAndValues()).contains(expected));
  }

  /** Returns the metric of each event, having checked what surrounds it. */
  private List<Metric> eventsOf(Consumer<Meter> recording) throws Exception {
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder().setTracepoint(tracepoint).setOnePointPerEvent(true));
    SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .setResource(RESOURCE)
            .registerMetricReader(
                PeriodicMetricReader.builder(collected.before(exporter))
                    .setInterval(Duration.ofHours(1))
                    // Newer versions add metrics about the reader to what it reads.
                    .setInternalTelemetryVersion(InternalTelemetryVersion.LEGACY)
                    .build())
            .build();
    recording.accept(provider.get("shop.orders"));

    tracepoint.attach(received);
    await(provider.shutdown());

    for (byte[] event : received.events()) {
      ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(event);
      assertThat(request.getResourceMetricsList()).hasSize(1);
      ResourceMetrics resource = request.getResourceMetrics(0);
      assertThat(resource.getResource().getAttributesList())
          .containsExactly(
              keyValue("_microsoft_metrics_account", "shop-metrics"),
              keyValue("_microsoft_metrics_namespace", "orders"),
              keyValue("service.name", "shop"));
      assertThat(resource.getScopeMetricsList()).hasSize(1);
      ScopeMetrics scope = resource.getScopeMetrics(0);
      assertThat(scope.getScope().getName()).isEqualTo("shop.orders");
      assertThat(scope.getMetricsList()).hasSize(1);
    }
    return received.metrics();
  }

  private static NumberDataPoint numberPoint(List<Metric> metrics, List<KeyValue> attributes) {
    List<NumberDataPoint> points =
        metrics.stream()
            .flatMap(
                metric ->
                    metric.hasGauge()
                        ? metric.getGauge().getDataPointsList().stream()
                        : metric.getSum().getDataPointsList().stream())
            .filter(point -> point.getAttributesList().equals(attributes))
            .toList();
    assertThat(points).as("points with %s", attributes).hasSize(1);
    return points.get(0);
  }

  private static String nameAndValue(Metric metric) {
    NumberDataPoint point =
        metric.hasGauge() ? metric.getGauge().getDataPoints(0) : metric.getSum().getDataPoints(0);
    return metric.getName() + "=" + point.getAsInt();
  }

  private static KeyValue keyValue(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }
}
