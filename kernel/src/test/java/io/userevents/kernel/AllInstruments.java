// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;

import com.google.protobuf.ByteString;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Records once on every kind of instrument, and has the metrics that the official classes should
 * show, without times.
 */
final class AllInstruments {

  static final String EXPONENTIAL = "order.size.exponential";
  static final String TRACE_ID = "0102030405060708090a0b0c0d0e0f10";
  static final String SPAN_ID = "0102030405060708";

  private static final Attributes BUY =
      Attributes.builder()
          .put("active", true)
          .put("limits", 1L, -2L, Long.MAX_VALUE)
          .put("price", 12.5)
          .put("side", "buy")
          .put("tags", "fast", "grün", "😀")
          .put("venue.id", 7)
          .build();
  private static final Attributes SELL = Attributes.of(AttributeKey.stringKey("side"), "sell");

  private static final List<KeyValue> BUY_KEYS =
      List.of(
          keyValue("active", AnyValue.newBuilder().setBoolValue(true)),
          keyValue("limits", array(longOf(1), longOf(-2), longOf(Long.MAX_VALUE))),
          keyValue("price", AnyValue.newBuilder().setDoubleValue(12.5)),
          keyValue("side", textOf("buy")),
          keyValue("tags", array(textOf("fast"), textOf("grün"), textOf("😀"))),
          keyValue("venue.id", longOf(7)));
  private static final List<KeyValue> SELL_KEYS = List.of(keyValue("side", textOf("sell")));

  private AllInstruments() {}

  static void record(Meter meter) {
    var longCounter =
        meter.counterBuilder("long.counter").setDescription("orders").setUnit("{order}").build();
    longCounter.add(40, BUY);
    longCounter.add(2, BUY);
    longCounter.add(1, SELL);
    var doubleCounter = meter.counterBuilder("double.counter").ofDoubles().setUnit("s").build();
    doubleCounter.add(0.5, BUY);
    doubleCounter.add(0.25, SELL);
    var longUpDown = meter.upDownCounterBuilder("long.updown").setUnit("{conn}").build();
    longUpDown.add(5, BUY);
    longUpDown.add(-8, BUY);
    var doubleUpDown = meter.upDownCounterBuilder("double.updown").ofDoubles().build();
    doubleUpDown.add(-1.5, SELL);
    var longGauge = meter.gaugeBuilder("long.gauge").ofLongs().setUnit("By").build();
    longGauge.set(Long.MIN_VALUE, BUY);
    longGauge.set(3, SELL);
    var doubleGauge = meter.gaugeBuilder("double.gauge").setDescription("level").build();
    doubleGauge.set(Double.NEGATIVE_INFINITY, BUY);
    doubleGauge.set(-0.0, SELL);
    var longHistogram =
        meter
            .histogramBuilder("long.histogram")
            .ofLongs()
            .setUnit("us")
            .setExplicitBucketBoundariesAdvice(List.of(10L, 100L))
            .build();
    longHistogram.record(5, BUY);
    longHistogram.record(50, BUY);
    longHistogram.record(500, BUY);
    var doubleHistogram =
        meter
            .histogramBuilder("double.histogram")
            .setUnit("ms")
            .setExplicitBucketBoundariesAdvice(List.of(1.0, 2.0))
            .build();
    // A measurement within a sampled span leaves an exemplar.
    SpanContext span =
        SpanContext.create(TRACE_ID, SPAN_ID, TraceFlags.getSampled(), TraceState.getDefault());
    doubleHistogram.record(1.5, SELL, Context.root().with(Span.wrap(span)));
    var exponential = meter.histogramBuilder(EXPONENTIAL).setUnit("{lot}").build();
    exponential.record(1, BUY);
    exponential.record(2, BUY);
    exponential.record(0, BUY);

    meter
        .counterBuilder("async.long.counter")
        .buildWithCallback(
            m -> {
              m.record(11, BUY);
              m.record(Long.MAX_VALUE, SELL);
            });
    meter
        .counterBuilder("async.double.counter")
        .ofDoubles()
        .buildWithCallback(
            m -> {
              m.record(1.25, BUY);
              m.record(0.0, SELL);
            });
    meter
        .upDownCounterBuilder("async.long.updown")
        .buildWithCallback(
            m -> {
              m.record(-12, BUY);
              m.record(13, SELL);
            });
    meter
        .upDownCounterBuilder("async.double.updown")
        .ofDoubles()
        .buildWithCallback(
            m -> {
              m.record(-1.75, BUY);
              m.record(1.75, SELL);
            });
    meter
        .gaugeBuilder("async.long.gauge")
        .ofLongs()
        .buildWithCallback(
            m -> {
              m.record(0, BUY);
              m.record(-1, SELL);
            });
    meter.gaugeBuilder("async.double.gauge").buildWithCallback(m -> m.record(2.5, SELL));
  }

  /** Returns the expected metrics. The SDK exports the points of a metric in any order. */
  static List<Metric> expected() {
    List<Metric> metrics = new ArrayList<>();
    metrics.add(
        metric("long.counter", "orders", "{order}")
            .setSum(
                sum(AGGREGATION_TEMPORALITY_DELTA, true, point(BUY_KEYS, 42), point(SELL_KEYS, 1)))
            .build());
    metrics.add(
        metric("double.counter", "", "s")
            .setSum(
                sum(
                    AGGREGATION_TEMPORALITY_DELTA,
                    true,
                    point(BUY_KEYS, 0.5),
                    point(SELL_KEYS, 0.25)))
            .build());
    metrics.add(
        metric("long.updown", "", "{conn}")
            .setSum(sum(AGGREGATION_TEMPORALITY_CUMULATIVE, false, point(BUY_KEYS, -3)))
            .build());
    metrics.add(
        metric("double.updown", "", "")
            .setSum(sum(AGGREGATION_TEMPORALITY_CUMULATIVE, false, point(SELL_KEYS, -1.5)))
            .build());
    metrics.add(
        metric("long.gauge", "", "By")
            .setGauge(gauge(point(BUY_KEYS, Long.MIN_VALUE), point(SELL_KEYS, 3)))
            .build());
    metrics.add(
        metric("double.gauge", "level", "")
            .setGauge(gauge(point(BUY_KEYS, Double.NEGATIVE_INFINITY), point(SELL_KEYS, -0.0)))
            .build());
    metrics.add(
        metric("long.histogram", "", "us")
            .setHistogram(
                histogram(
                    HistogramDataPoint.newBuilder()
                        .addAllAttributes(BUY_KEYS)
                        .setCount(3)
                        .setSum(555)
                        .setMin(5)
                        .setMax(500)
                        .addAllExplicitBounds(List.of(10.0, 100.0))
                        .addAllBucketCounts(List.of(1L, 1L, 1L))))
            .build());
    metrics.add(
        metric("double.histogram", "", "ms")
            .setHistogram(
                histogram(
                    HistogramDataPoint.newBuilder()
                        .addAllAttributes(SELL_KEYS)
                        .setCount(1)
                        .setSum(1.5)
                        .setMin(1.5)
                        .setMax(1.5)
                        .addAllExplicitBounds(List.of(1.0, 2.0))
                        .addAllBucketCounts(List.of(0L, 1L, 0L))
                        .addExemplars(
                            Exemplar.newBuilder()
                                .setAsDouble(1.5)
                                .setTraceId(ByteString.fromHex(TRACE_ID))
                                .setSpanId(ByteString.fromHex(SPAN_ID)))))
            .build());
    metrics.add(
        metric(EXPONENTIAL, "", "{lot}")
            .setExponentialHistogram(
                ExponentialHistogram.newBuilder()
                    .setAggregationTemporality(AGGREGATION_TEMPORALITY_DELTA)
                    .addDataPoints(
                        ExponentialHistogramDataPoint.newBuilder()
                            .addAllAttributes(BUY_KEYS)
                            .setCount(3)
                            .setSum(3)
                            .setMin(0)
                            .setMax(2)
                            .setZeroCount(1)
                            // The finest scale at which 1 and 2 lie in 160 buckets: the bucket
                            // with the upper bound 1 is number -1, each factor of 2 has 2^7.
                            .setScale(7)
                            .setPositive(
                                ExponentialHistogramDataPoint.Buckets.newBuilder()
                                    .setOffset(-1)
                                    .addAllBucketCounts(oneAtEachEnd(129)))
                            .setNegative(ExponentialHistogramDataPoint.Buckets.newBuilder())))
            .build());
    metrics.add(
        metric("async.long.counter", "", "")
            .setSum(
                sum(
                    AGGREGATION_TEMPORALITY_DELTA,
                    true,
                    point(BUY_KEYS, 11),
                    point(SELL_KEYS, Long.MAX_VALUE)))
            .build());
    metrics.add(
        metric("async.double.counter", "", "")
            .setSum(
                sum(
                    AGGREGATION_TEMPORALITY_DELTA,
                    true,
                    point(BUY_KEYS, 1.25),
                    point(SELL_KEYS, 0.0)))
            .build());
    metrics.add(
        metric("async.long.updown", "", "")
            .setSum(
                sum(
                    AGGREGATION_TEMPORALITY_CUMULATIVE,
                    false,
                    point(BUY_KEYS, -12),
                    point(SELL_KEYS, 13)))
            .build());
    metrics.add(
        metric("async.double.updown", "", "")
            .setSum(
                sum(
                    AGGREGATION_TEMPORALITY_CUMULATIVE,
                    false,
                    point(BUY_KEYS, -1.75),
                    point(SELL_KEYS, 1.75)))
            .build());
    metrics.add(
        metric("async.long.gauge", "", "")
            .setGauge(gauge(point(BUY_KEYS, 0), point(SELL_KEYS, -1)))
            .build());
    metrics.add(
        metric("async.double.gauge", "", "").setGauge(gauge(point(SELL_KEYS, 2.5))).build());
    return metrics;
  }

  static KeyValue keyValue(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  static AnyValue.Builder textOf(String value) {
    return AnyValue.newBuilder().setStringValue(value);
  }

  private static AnyValue.Builder longOf(long value) {
    return AnyValue.newBuilder().setIntValue(value);
  }

  private static AnyValue.Builder array(AnyValue.Builder... values) {
    ArrayValue.Builder array = ArrayValue.newBuilder();
    Arrays.stream(values).forEach(array::addValues);
    return AnyValue.newBuilder().setArrayValue(array);
  }

  private static Metric.Builder metric(String name, String description, String unit) {
    return Metric.newBuilder().setName(name).setDescription(description).setUnit(unit);
  }

  private static Sum sum(
      AggregationTemporality temporality, boolean monotonic, NumberDataPoint... points) {
    return Sum.newBuilder()
        .setAggregationTemporality(temporality)
        .setIsMonotonic(monotonic)
        .addAllDataPoints(Arrays.asList(points))
        .build();
  }

  private static Gauge gauge(NumberDataPoint... points) {
    return Gauge.newBuilder().addAllDataPoints(Arrays.asList(points)).build();
  }

  private static Histogram histogram(HistogramDataPoint.Builder point) {
    return Histogram.newBuilder()
        .setAggregationTemporality(AGGREGATION_TEMPORALITY_DELTA)
        .addDataPoints(point)
        .build();
  }

  private static NumberDataPoint point(List<KeyValue> attributes, long value) {
    return NumberDataPoint.newBuilder().addAllAttributes(attributes).setAsInt(value).build();
  }

  private static NumberDataPoint point(List<KeyValue> attributes, double value) {
    return NumberDataPoint.newBuilder().addAllAttributes(attributes).setAsDouble(value).build();
  }

  private static List<Long> oneAtEachEnd(int length) {
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      counts.add(i == 0 || i == length - 1 ? 1L : 0L);
    }
    return counts;
  }
}
