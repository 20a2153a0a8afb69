// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import io.opentelemetry.sdk.metrics.data.ValueAtQuantile;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableDoublePointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableExponentialHistogramData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableGaugeData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableMetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSumData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSummaryData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSummaryPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableValueAtQuantile;
import io.opentelemetry.sdk.resources.Resource;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.IntFunction;

/**
 * A metric of each type with as many series as asked for. Points are made when they are read, so
 * that the heap does not limit their number.
 */
enum LargeMetric {
  LONG_SUM {
    @Override
    MetricData data(int series) {
      List<LongPointData> points =
          points(series, i -> ImmutableLongPointData.create(1, 2, attributes(i), i));
      return ImmutableMetricData.createLongSum(
          RESOURCE,
          SCOPE,
          "orders",
          "",
          "{order}",
          ImmutableSumData.create(true, AggregationTemporality.DELTA, points));
    }
  },

  DOUBLE_SUM {
    @Override
    MetricData data(int series) {
      List<DoublePointData> points =
          points(series, i -> ImmutableDoublePointData.create(1, 2, attributes(i), 0.01 * i));
      return ImmutableMetricData.createDoubleSum(
          RESOURCE,
          SCOPE,
          "turnover",
          "",
          "EUR",
          ImmutableSumData.create(true, AggregationTemporality.DELTA, points));
    }
  },

  LONG_GAUGE {
    @Override
    MetricData data(int series) {
      List<LongPointData> points =
          points(series, i -> ImmutableLongPointData.create(1, 2, attributes(i), i));
      return ImmutableMetricData.createLongGauge(
          RESOURCE, SCOPE, "position", "", "{share}", ImmutableGaugeData.create(points));
    }
  },

  DOUBLE_GAUGE {
    @Override
    MetricData data(int series) {
      List<DoublePointData> points =
          points(series, i -> ImmutableDoublePointData.create(1, 2, attributes(i), 0.01 * i));
      return ImmutableMetricData.createDoubleGauge(
          RESOURCE, SCOPE, "price", "", "{cent}", ImmutableGaugeData.create(points));
    }
  },

  HISTOGRAM {
    @Override
    MetricData data(int series) {
      List<Double> boundaries = List.of(0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0);
      List<Long> counts = List.of(0L, 1L, 2L, 3L, 5L, 8L, 13L, 5L, 1L, 0L);
      List<HistogramPointData> points =
          points(
              series,
              i ->
                  ImmutableHistogramPointData.create(
                      1, 2, attributes(i), i, true, 0.5, true, i, boundaries, counts));
      return ImmutableMetricData.createDoubleHistogram(
          RESOURCE,
          SCOPE,
          "latency",
          "",
          "ms",
          ImmutableHistogramData.create(AggregationTemporality.DELTA, points));
    }
  },

  EXPONENTIAL_HISTOGRAM {
    @Override
    MetricData data(int series) {
      List<Long> counts = List.of(1L, 0L, 3L, 200L, 3L, 1L, 1L, 5L, 0L, 2L, 0L, 1L);
      ExponentialHistogramBuckets positive = ExponentialHistogramBuckets.create(3, 7, counts);
      ExponentialHistogramBuckets none = ExponentialHistogramBuckets.create(3, 0, List.of());
      List<ExponentialHistogramPointData> points =
          points(
              series,
              i ->
                  ExponentialHistogramPointData.create(
                      3, i, 0, true, 0.5, true, i, positive, none, 1, 2, attributes(i), List.of()));
      return ImmutableMetricData.createExponentialHistogram(
          RESOURCE,
          SCOPE,
          "latency.exponential",
          "",
          "ms",
          ImmutableExponentialHistogramData.create(AggregationTemporality.DELTA, points));
    }
  },

  SUMMARY {
    @Override
    MetricData data(int series) {
      List<ValueAtQuantile> quantiles =
          List.of(ImmutableValueAtQuantile.create(0.5, 3), ImmutableValueAtQuantile.create(1, 9));
      List<SummaryPointData> points =
          points(
              series,
              i -> ImmutableSummaryPointData.create(1, 2, attributes(i), i, 2.5 * i, quantiles));
      return ImmutableMetricData.createDoubleSummary(
          RESOURCE, SCOPE, "pause", "", "ms", ImmutableSummaryData.create(points));
    }
  };

  private static final Resource RESOURCE = Resource.empty();
  private static final InstrumentationScopeInfo SCOPE = InstrumentationScopeInfo.empty();

  /** An attribute of each point: the number of its series behind {@link #CUSTOMER_PREFIX}. */
  static final AttributeKey<String> CUSTOMER = AttributeKey.stringKey("customer");

  static final String CUSTOMER_PREFIX = "customer-";

  /** Returns a metric with one point for each of so many series. */
  abstract MetricData data(int series);

  private static Attributes attributes(int series) {
    return Attributes.of(CUSTOMER, CUSTOMER_PREFIX + series);
  }

  private static <P> List<P> points(int series, IntFunction<P> point) {
    return new Points<>(series, point);
  }

  /** Makes each point when it is asked for. */
  private static final class Points<P> extends AbstractList<P> implements RandomAccess {

    private final int size;
    private final IntFunction<P> point;

    Points(int size, IntFunction<P> point) {
      this.size = size;
      this.point = point;
    }

    @Override
    public P get(int index) {
      return point.apply(index);
    }

    @Override
    public int size() {
      return size;
    }
  }
}
