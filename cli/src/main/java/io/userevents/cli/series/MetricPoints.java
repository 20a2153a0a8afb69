// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import java.util.List;
import java.util.function.BiConsumer;

/** Reads the points of a metric of any kind. */
final class MetricPoints {

  private MetricPoints() {}

  static void of(Metric metric, BiConsumer<List<KeyValue>, Point> sink) {
    switch (metric.getDataCase()) {
      case SUM -> {
        Kind kind = metric.getSum().getIsMonotonic() ? Kind.COUNTER : Kind.UP_DOWN_COUNTER;
        boolean isDelta = isDelta(metric.getSum().getAggregationTemporality());
        for (NumberDataPoint point : metric.getSum().getDataPointsList()) {
          sink.accept(point.getAttributesList(), number(kind, isDelta, point));
        }
      }
      case GAUGE -> {
        for (NumberDataPoint point : metric.getGauge().getDataPointsList()) {
          sink.accept(point.getAttributesList(), number(Kind.GAUGE, false, point));
        }
      }
      case HISTOGRAM -> {
        boolean isDelta = isDelta(metric.getHistogram().getAggregationTemporality());
        for (HistogramDataPoint point : metric.getHistogram().getDataPointsList()) {
          sink.accept(point.getAttributesList(), histogram(isDelta, point));
        }
      }
      case EXPONENTIAL_HISTOGRAM -> {
        boolean isDelta = isDelta(metric.getExponentialHistogram().getAggregationTemporality());
        for (ExponentialHistogramDataPoint point :
            metric.getExponentialHistogram().getDataPointsList()) {
          sink.accept(point.getAttributesList(), exponential(isDelta, point));
        }
      }
      case SUMMARY -> {
        for (SummaryDataPoint point : metric.getSummary().getDataPointsList()) {
          sink.accept(point.getAttributesList(), summary(point));
        }
      }
      case DATA_NOT_SET -> {}
    }
  }

  private static boolean isDelta(AggregationTemporality temporality) {
    return temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
  }

  private static Point number(Kind kind, boolean isDelta, NumberDataPoint point) {
    double value =
        switch (point.getValueCase()) {
          case AS_INT -> point.getAsInt();
          case AS_DOUBLE -> point.getAsDouble();
          case VALUE_NOT_SET -> Double.NaN;
        };
    return new Point(
        kind,
        isDelta,
        point.getStartTimeUnixNano(),
        point.getTimeUnixNano(),
        value,
        Double.NaN,
        null);
  }

  private static Point histogram(boolean isDelta, HistogramDataPoint point) {
    return new Point(
        Kind.HISTOGRAM,
        isDelta,
        point.getStartTimeUnixNano(),
        point.getTimeUnixNano(),
        Point.unsigned(point.getCount()),
        point.hasSum() ? point.getSum() : Double.NaN,
        Point.explicit(point));
  }

  private static Point exponential(boolean isDelta, ExponentialHistogramDataPoint point) {
    return new Point(
        Kind.HISTOGRAM,
        isDelta,
        point.getStartTimeUnixNano(),
        point.getTimeUnixNano(),
        Point.unsigned(point.getCount()),
        point.hasSum() ? point.getSum() : Double.NaN,
        Point.exponential(point));
  }

  /** Reads the points of a summary, which is cumulative by definition. */
  private static Point summary(SummaryDataPoint point) {
    return new Point(
        Kind.SUMMARY,
        false,
        point.getStartTimeUnixNano(),
        point.getTimeUnixNano(),
        Point.unsigned(point.getCount()),
        point.getSum(),
        null);
  }
}
