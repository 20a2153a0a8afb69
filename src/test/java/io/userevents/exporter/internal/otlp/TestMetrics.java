// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongExemplarData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableDoubleExemplarData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableDoublePointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableExponentialHistogramData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableGaugeData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongExemplarData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableMetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSumData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSummaryData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.List;

/** Short ways to metrics, for tests. */
final class TestMetrics {

  static final long START_NANOS = 1_700_000_000_000_000_000L;
  static final long END_NANOS = START_NANOS + 60_000_000_000L;

  static final Resource RESOURCE =
      Resource.create(
          Attributes.builder().put("service.name", "matching").put("host.id", 7).build(),
          "https://example.org/resource");

  static final InstrumentationScopeInfo SCOPE = scope("1.2.3");

  static final Attributes ATTRIBUTES =
      Attributes.builder().put("symbol", "EURUSD").put("side", "bid").put("level", 3).build();

  static final SpanContext SPAN =
      SpanContext.create(
          "0102030405060708090a0b0c0d0e0fff",
          "a1b2c3d4e5f60718",
          TraceFlags.getSampled(),
          TraceState.getDefault());

  private TestMetrics() {}

  static InstrumentationScopeInfo scope(String version) {
    return InstrumentationScopeInfo.builder("io.example.book")
        .setVersion(version)
        .setSchemaUrl("https://example.org/scope")
        .setAttributes(Attributes.builder().put("team", "core").build())
        .build();
  }

  static LongPointData longPoint(long value, Attributes attributes, LongExemplarData... exemplars) {
    return ImmutableLongPointData.create(
        START_NANOS, END_NANOS, attributes, value, List.of(exemplars));
  }

  static DoublePointData doublePoint(
      double value, Attributes attributes, DoubleExemplarData... exemplars) {
    return ImmutableDoublePointData.create(
        START_NANOS, END_NANOS, attributes, value, List.of(exemplars));
  }

  static HistogramPointData histogramPoint(
      boolean withMinMax, Attributes attributes, DoubleExemplarData... exemplars) {
    return ImmutableHistogramPointData.create(
        START_NANOS,
        END_NANOS,
        attributes,
        12.5,
        withMinMax,
        0.0,
        withMinMax,
        9.75,
        List.of(1.0, 5.0, 10.0),
        List.of(0L, 3L, 300L, Long.MAX_VALUE),
        List.of(exemplars));
  }

  static ExponentialHistogramPointData exponentialPoint(
      boolean withMinMax,
      ExponentialHistogramBuckets positive,
      ExponentialHistogramBuckets negative,
      Attributes attributes,
      DoubleExemplarData... exemplars) {
    return ExponentialHistogramPointData.create(
        positive.getScale(),
        -1.5,
        2,
        withMinMax,
        -8.0,
        withMinMax,
        0.0,
        positive,
        negative,
        START_NANOS,
        END_NANOS,
        attributes,
        List.of(exemplars));
  }

  static LongExemplarData longExemplar(long value, Attributes attributes, SpanContext span) {
    return ImmutableLongExemplarData.create(attributes, END_NANOS, span, value);
  }

  static DoubleExemplarData doubleExemplar(double value, Attributes attributes, SpanContext span) {
    return ImmutableDoubleExemplarData.create(attributes, END_NANOS, span, value);
  }

  static MetricData longGauge(String name, LongPointData... points) {
    return longGauge(RESOURCE, SCOPE, name, "Price levels in the book", points);
  }

  static MetricData longGauge(
      Resource resource,
      InstrumentationScopeInfo scope,
      String name,
      String description,
      LongPointData... points) {
    return ImmutableMetricData.createLongGauge(
        resource, scope, name, description, "{level}", ImmutableGaugeData.create(List.of(points)));
  }

  static MetricData doubleGauge(String name, DoublePointData... points) {
    return ImmutableMetricData.createDoubleGauge(
        RESOURCE, SCOPE, name, "Spread", "1", ImmutableGaugeData.create(List.of(points)));
  }

  static MetricData longSum(
      boolean monotonic, AggregationTemporality temporality, LongPointData... points) {
    return ImmutableMetricData.createLongSum(
        RESOURCE,
        SCOPE,
        "orders",
        "Orders",
        "{order}",
        ImmutableSumData.create(monotonic, temporality, List.of(points)));
  }

  static MetricData doubleSum(
      boolean monotonic, AggregationTemporality temporality, DoublePointData... points) {
    return ImmutableMetricData.createDoubleSum(
        RESOURCE,
        SCOPE,
        "volume",
        "Volume",
        "EUR",
        ImmutableSumData.create(monotonic, temporality, List.of(points)));
  }

  static MetricData histogram(AggregationTemporality temporality, HistogramPointData... points) {
    return ImmutableMetricData.createDoubleHistogram(
        RESOURCE,
        SCOPE,
        "latency",
        "Latency",
        "us",
        ImmutableHistogramData.create(temporality, List.of(points)));
  }

  static MetricData exponentialHistogram(
      AggregationTemporality temporality, ExponentialHistogramPointData... points) {
    return ImmutableMetricData.createExponentialHistogram(
        RESOURCE,
        SCOPE,
        "latency.exp",
        "Latency",
        "us",
        ImmutableExponentialHistogramData.create(temporality, List.of(points)));
  }

  static MetricData summary(SummaryPointData... points) {
    return ImmutableMetricData.createDoubleSummary(
        RESOURCE, SCOPE, "pause", "Pauses", "ms", ImmutableSummaryData.create(List.of(points)));
  }
}
