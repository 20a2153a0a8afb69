// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleGauge;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import java.util.Collection;
import java.util.function.ObjIntConsumer;

/**
 * Creates metrics that the SDK has collected once, for repeated exports. The points have four
 * attributes each, up to 1,000 points are in a metric, the temporality is delta, and there are no
 * exemplars. The objects are those that the SDK reuses for each collection ({@link
 * MemoryMode#REUSABLE_DATA}).
 */
public final class CollectedMetrics {

  private static final int POINTS_PER_METRIC = 1000;
  private static final int VALUES_PER_HISTOGRAM = 20;

  private CollectedMetrics() {}

  /** Returns sums of longs with this many points in all. */
  public static Collection<MetricData> longSums(int points) {
    return collect(
        points,
        Aggregation.defaultAggregation(),
        (meter, first) -> {
          LongCounter counter =
              meter.counterBuilder(name("orders", first)).setUnit("{order}").build();
          for (int point = first; point < end(first, points); point++) {
            counter.add(1 + 1000L * point, attributes(point));
          }
        });
  }

  /** Returns gauges of doubles with this many points in all. */
  public static Collection<MetricData> doubleGauges(int points) {
    return collect(
        points,
        Aggregation.defaultAggregation(),
        (meter, first) -> {
          DoubleGauge gauge = meter.gaugeBuilder(name("price", first)).setUnit("{cent}").build();
          for (int point = first; point < end(first, points); point++) {
            gauge.set(0.01 * point, attributes(point));
          }
        });
  }

  /** Returns histograms with the SDK's default buckets and this many points in all. */
  public static Collection<MetricData> histograms(int points) {
    return histograms(points, Aggregation.explicitBucketHistogram());
  }

  /** Returns exponential histograms with the SDK's defaults and this many points in all. */
  public static Collection<MetricData> exponentialHistograms(int points) {
    return histograms(points, Aggregation.base2ExponentialBucketHistogram());
  }

  private static Collection<MetricData> histograms(int points, Aggregation aggregation) {
    return collect(
        points,
        aggregation,
        (meter, first) -> {
          DoubleHistogram histogram =
              meter.histogramBuilder(name("latency", first)).setUnit("ms").build();
          for (int point = first; point < end(first, points); point++) {
            Attributes attributes = attributes(point);
            for (int i = 0; i < VALUES_PER_HISTOGRAM; i++) {
              histogram.record(0.7 * i * i, attributes);
            }
          }
        });
  }

  /**
   * Records points and collects them.
   *
   * @param recording records the points of one metric; the number is that of its first point
   */
  private static Collection<MetricData> collect(
      int points, Aggregation histogramAggregation, ObjIntConsumer<Meter> recording) {
    OnDemandReader reader = new OnDemandReader(histogramAggregation);
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder().registerMetricReader(reader).build()) {
      Meter meter = provider.get("io.userevents.benchmark");
      for (int first = 0; first < points; first += POINTS_PER_METRIC) {
        recording.accept(meter, first);
      }
      return reader.collect();
    }
  }

  private static String name(String prefix, int first) {
    return prefix + "." + first / POINTS_PER_METRIC;
  }

  private static int end(int first, int points) {
    return Math.min(first + POINTS_PER_METRIC, points);
  }

  private static Attributes attributes(int point) {
    return Attributes.builder()
        .put("symbol", "SYM" + point)
        .put("side", point % 2 == 0 ? "buy" : "sell")
        .put("venue", "XLON")
        .put("shard", point % 16)
        .build();
  }

  /** A reader that collects on demand. */
  private static final class OnDemandReader implements MetricReader {

    private final Aggregation histogramAggregation;
    private CollectionRegistration registration = CollectionRegistration.noop();

    OnDemandReader(Aggregation histogramAggregation) {
      this.histogramAggregation = histogramAggregation;
    }

    Collection<MetricData> collect() {
      return registration.collectAllMetrics();
    }

    @Override
    public void register(CollectionRegistration registration) {
      this.registration = registration;
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
      return AggregationTemporality.DELTA;
    }

    @Override
    public Aggregation getDefaultAggregation(InstrumentType instrumentType) {
      return instrumentType == InstrumentType.HISTOGRAM
          ? histogramAggregation
          : Aggregation.defaultAggregation();
    }

    @Override
    public MemoryMode getMemoryMode() {
      return MemoryMode.REUSABLE_DATA;
    }

    @Override
    public CompletableResultCode forceFlush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
