// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class SdkExportTest {

  private static final AttributeKey<String> SIDE = AttributeKey.stringKey("side");
  private static final Attributes BUY = Attributes.of(SIDE, "buy");
  private static final Attributes SELL = Attributes.of(SIDE, "sell");

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
  private final ReceivedEvents received = new ReceivedEvents();
  private final UserEventsMetricExporterBuilder builder =
      UserEventsMetricExporter.builder().setTracepoint(tracepoint);

  @BeforeEach
  void attach() {
    tracepoint.attach(received);
  }

  @ParameterizedTest
  @EnumSource(MemoryMode.class)
  void shouldExportEveryKindOfSynchronousInstrument(MemoryMode memoryMode) {
    try (SdkMeterProvider provider = provider(builder.setMemoryMode(memoryMode))) {
      Meter meter = provider.get("io.example.book");
      meter.counterBuilder("long.counter").setUnit("{order}").build().add(40, BUY);
      meter.counterBuilder("double.counter").ofDoubles().build().add(0.5, BUY);
      meter.upDownCounterBuilder("long.updown").build().add(-3, BUY);
      meter.upDownCounterBuilder("double.updown").ofDoubles().build().add(-1.5, BUY);
      meter.gaugeBuilder("long.gauge").ofLongs().build().set(Long.MIN_VALUE, BUY);
      meter.gaugeBuilder("double.gauge").build().set(12.25, BUY);
      var longHistogram =
          meter
              .histogramBuilder("long.histogram")
              .ofLongs()
              .setExplicitBucketBoundariesAdvice(List.of(10L, 100L))
              .build();
      longHistogram.record(5, BUY);
      longHistogram.record(500, BUY);
      meter
          .histogramBuilder("double.histogram")
          .setExplicitBucketBoundariesAdvice(List.of(1.0))
          .build()
          .record(0.75, BUY);

      await(provider.forceFlush());
      // Closing collects once more; what follows is about the first collection.
      tracepoint.detach();
    }

    assertThat(received.metrics()).hasSize(8);
    assertThat(received.metric("long.counter").getUnit()).isEqualTo("{order}");
    assertThat(received.metric("long.counter").getSum().getIsMonotonic()).isTrue();
    assertThat(sumPoint("long.counter").getAsInt()).isEqualTo(40);
    assertThat(sumPoint("long.counter").getAttributes(0).getKey()).isEqualTo("side");
    assertThat(sumPoint("long.counter").getAttributes(0).getValue().getStringValue())
        .isEqualTo("buy");
    assertThat(sumPoint("double.counter").getAsDouble()).isEqualTo(0.5);
    assertThat(received.metric("long.updown").getSum().getIsMonotonic()).isFalse();
    assertThat(sumPoint("long.updown").getAsInt()).isEqualTo(-3);
    assertThat(sumPoint("double.updown").getAsDouble()).isEqualTo(-1.5);
    assertThat(gaugePoint("long.gauge").getAsInt()).isEqualTo(Long.MIN_VALUE);
    assertThat(gaugePoint("double.gauge").getAsDouble()).isEqualTo(12.25);
    HistogramDataPoint ofLongs = histogramPoint("long.histogram");
    assertThat(ofLongs.getBucketCountsList()).containsExactly(1L, 0L, 1L);
    assertThat(ofLongs.getExplicitBoundsList()).containsExactly(10.0, 100.0);
    assertThat(ofLongs.getSum()).isEqualTo(505);
    assertThat(ofLongs.getMin()).isEqualTo(5);
    assertThat(ofLongs.getMax()).isEqualTo(500);
    assertThat(histogramPoint("double.histogram").getSum()).isEqualTo(0.75);
    assertThat(histogramPoint("double.histogram").getBucketCountsList()).containsExactly(1L, 0L);
  }

  @Test
  void shouldExportEveryKindOfObservableInstrument() {
    try (SdkMeterProvider provider = provider(builder)) {
      Meter meter = provider.get("io.example.book");
      meter.counterBuilder("long.counter").buildWithCallback(m -> m.record(11, BUY));
      meter.counterBuilder("double.counter").ofDoubles().buildWithCallback(m -> m.record(1.25));
      meter.upDownCounterBuilder("long.updown").buildWithCallback(m -> m.record(-12, BUY));
      meter
          .upDownCounterBuilder("double.updown")
          .ofDoubles()
          .buildWithCallback(m -> m.record(-1.75));
      meter.gaugeBuilder("long.gauge").ofLongs().buildWithCallback(m -> m.record(0, BUY));
      meter.gaugeBuilder("double.gauge").buildWithCallback(m -> m.record(2.5));

      await(provider.forceFlush());
      tracepoint.detach();
    }

    assertThat(received.metrics()).hasSize(6);
    assertThat(sumPoint("long.counter").getAsInt()).isEqualTo(11);
    assertThat(sumPoint("double.counter").getAsDouble()).isEqualTo(1.25);
    assertThat(sumPoint("long.updown").getAsInt()).isEqualTo(-12);
    assertThat(sumPoint("double.updown").getAsDouble()).isEqualTo(-1.75);
    assertThat(gaugePoint("long.gauge").hasAsInt()).isTrue();
    assertThat(gaugePoint("long.gauge").getAsInt()).isZero();
    assertThat(gaugePoint("double.gauge").getAsDouble()).isEqualTo(2.5);
  }

  @Test
  void shouldExportDeltasOfCountersAndTotalsOfUpDownCounters() {
    try (SdkMeterProvider provider = provider(builder)) {
      Meter meter = provider.get("io.example.book");
      LongCounter counter = meter.counterBuilder("orders").build();
      LongUpDownCounter upDownCounter = meter.upDownCounterBuilder("open").build();
      counter.add(1, BUY);
      upDownCounter.add(1, BUY);
      await(provider.forceFlush());
      counter.add(2, BUY);
      upDownCounter.add(2, BUY);
      await(provider.forceFlush());
      tracepoint.detach();
    }

    assertThat(valuesOf("orders")).containsExactly(1L, 2L);
    assertThat(valuesOf("open")).containsExactly(1L, 3L);
    for (Metric metric : received.metrics()) {
      assertThat(metric.getSum().getAggregationTemporality())
          .isEqualTo(
              metric.getName().equals("orders")
                  ? AGGREGATION_TEMPORALITY_DELTA
                  : AGGREGATION_TEMPORALITY_CUMULATIVE);
    }
  }

  @Test
  void shouldExportTotalsIfAskedTo() {
    builder.setAggregationTemporalitySelector(AggregationTemporalitySelector.alwaysCumulative());
    try (SdkMeterProvider provider = provider(builder)) {
      LongCounter counter = provider.get("io.example.book").counterBuilder("orders").build();
      counter.add(1, SELL);
      await(provider.forceFlush());
      counter.add(2, SELL);
      await(provider.forceFlush());
      tracepoint.detach();
    }

    assertThat(valuesOf("orders")).containsExactly(1L, 3L);
    assertThat(received.metrics())
        .allSatisfy(
            metric ->
                assertThat(metric.getSum().getAggregationTemporality())
                    .isEqualTo(AGGREGATION_TEMPORALITY_CUMULATIVE));
  }

  @Test
  void shouldExportExponentialHistogramsIfAskedTo() {
    builder.setDefaultAggregationSelector(
        DefaultAggregationSelector.getDefault()
            .with(InstrumentType.HISTOGRAM, Aggregation.base2ExponentialBucketHistogram()));
    try (SdkMeterProvider provider = provider(builder)) {
      var histogram = provider.get("io.example.book").histogramBuilder("latency").build();
      histogram.record(1, BUY);
      histogram.record(2, BUY);
      histogram.record(0, BUY);
      await(provider.forceFlush());
    }

    ExponentialHistogramDataPoint point =
        received.metric("latency").getExponentialHistogram().getDataPoints(0);
    assertThat(point.getCount()).isEqualTo(3);
    assertThat(point.getZeroCount()).isEqualTo(1);
    assertThat(point.getSum()).isEqualTo(3);
    assertThat(point.getPositive().getBucketCountsList().stream().mapToLong(c -> c).sum())
        .isEqualTo(2);
  }

  @Test
  void shouldExportTheLastValuesWhenTheProviderIsClosed() {
    UserEventsMetricExporter exporter = exporters.start(builder);
    try (SdkMeterProvider provider = provider(exporter)) {
      provider.get("io.example.book").counterBuilder("orders").build().add(7, BUY);
    }

    assertThat(valuesOf("orders")).containsExactly(7L);
    assertThat(exporter.export(List.of()).isSuccess()).as("shut down").isFalse();
  }

  private SdkMeterProvider provider(UserEventsMetricExporterBuilder exporter) {
    return provider(exporters.start(exporter));
  }

  private static SdkMeterProvider provider(UserEventsMetricExporter exporter) {
    return SdkMeterProvider.builder()
        .registerMetricReader(
            PeriodicMetricReader.builder(exporter)
                // Collections are the test's, by forceFlush.
                .setInterval(Duration.ofHours(1))
                // Otherwise the SDK adds metrics about itself.
                .setInternalTelemetryVersion(InternalTelemetryVersion.LEGACY)
                .build())
        .build();
  }

  private NumberDataPoint sumPoint(String name) {
    return received.metric(name).getSum().getDataPoints(0);
  }

  private NumberDataPoint gaugePoint(String name) {
    return received.metric(name).getGauge().getDataPoints(0);
  }

  private HistogramDataPoint histogramPoint(String name) {
    return received.metric(name).getHistogram().getDataPoints(0);
  }

  private List<Long> valuesOf(String name) {
    return received.metrics().stream()
        .filter(metric -> metric.getName().equals(name))
        .map(metric -> metric.getSum().getDataPoints(0).getAsInt())
        .toList();
  }
}
