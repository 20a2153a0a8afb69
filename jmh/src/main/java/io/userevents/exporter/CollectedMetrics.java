// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import java.util.Collection;

/**
 * Metrics that the SDK has collected once, to be exported again and again: points with four
 * attributes each, up to 1,000 in a metric, delta temporality, no exemplars.
 */
public final class CollectedMetrics {

  private static final int POINTS_PER_METRIC = 1000;
  private static final int VALUES_PER_HISTOGRAM = 20;

  private CollectedMetrics() {}

  /** Sums of longs, with so many points in all. */
  public static Collection<MetricData> longSums(int points) {
    OnDemandReader reader = new OnDemandReader();
    try (SdkMeterProvider provider = provider(reader)) {
      Meter meter = provider.get("io.userevents.benchmark");
      for (int first = 0; first < points; first += POINTS_PER_METRIC) {
        LongCounter counter =
            meter.counterBuilder(name("orders", first)).setUnit("{order}").build();
        for (int point = first; point < end(first, points); point++) {
          counter.add(1 + 1000L * point, attributes(point));
        }
      }
      return reader.collect();
    }
  }

  /** Histograms with the SDK's default buckets, with so many points in all. */
  public static Collection<MetricData> histograms(int points) {
    OnDemandReader reader = new OnDemandReader();
    try (SdkMeterProvider provider = provider(reader)) {
      Meter meter = provider.get("io.userevents.benchmark");
      for (int first = 0; first < points; first += POINTS_PER_METRIC) {
        DoubleHistogram histogram =
            meter.histogramBuilder(name("latency", first)).setUnit("ms").build();
        for (int point = first; point < end(first, points); point++) {
          Attributes attributes = attributes(point);
          for (int i = 0; i < VALUES_PER_HISTOGRAM; i++) {
            histogram.record(0.7 * i * i, attributes);
          }
        }
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

  private static SdkMeterProvider provider(MetricReader reader) {
    return SdkMeterProvider.builder().registerMetricReader(reader).build();
  }

  /** Collects when asked to. */
  private static final class OnDemandReader implements MetricReader {

    private CollectionRegistration registration = CollectionRegistration.noop();

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
    public CompletableResultCode forceFlush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
