// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.userevents.cli.console.Text;
import io.userevents.cli.series.AttributeText;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Converts OTLP metrics to rows. */
final class PointRows {

  private PointRows() {}

  /** Returns a row for each point of the metric, in order. */
  static List<PointRow> of(Metric metric) {
    List<PointRow> rows = new ArrayList<>();
    switch (metric.getDataCase()) {
      case SUM -> addSum(rows, metric);
      case GAUGE -> {
        for (NumberDataPoint point : metric.getGauge().getDataPointsList()) {
          add(rows, metric, type(point, "gauge"), point.getAttributesList(), value(point));
        }
      }
      case HISTOGRAM -> {
        for (HistogramDataPoint point : metric.getHistogram().getDataPointsList()) {
          add(rows, metric, "histogram", point.getAttributesList(), value(point));
        }
      }
      case EXPONENTIAL_HISTOGRAM -> {
        for (ExponentialHistogramDataPoint point :
            metric.getExponentialHistogram().getDataPointsList()) {
          add(rows, metric, "exponential histogram", point.getAttributesList(), value(point));
        }
      }
      case SUMMARY -> {
        for (SummaryDataPoint point : metric.getSummary().getDataPointsList()) {
          add(rows, metric, "summary", point.getAttributesList(), value(point));
        }
      }
      case DATA_NOT_SET -> {}
    }
    return rows;
  }

  private static void add(
      List<PointRow> rows, Metric metric, String type, List<KeyValue> attributes, String value) {
    rows.add(
        new PointRow(
            Text.printable(metric.getName()),
            type,
            AttributeText.of(attributes),
            value,
            Text.printable(metric.getUnit())));
  }

  private static void addSum(List<PointRow> rows, Metric metric) {
    Sum sum = metric.getSum();
    String kind = sum.getIsMonotonic() ? "counter" : "up-down counter";
    boolean isDelta =
        sum.getAggregationTemporality() == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
    for (NumberDataPoint point : sum.getDataPointsList()) {
      String value = value(point);
      String signed = isDelta && Character.isDigit(value.charAt(0)) ? "+" + value : value;
      add(rows, metric, type(point, kind), point.getAttributesList(), signed);
    }
  }

  private static String type(NumberDataPoint point, String kind) {
    return switch (point.getValueCase()) {
      case AS_INT -> "long " + kind;
      case AS_DOUBLE -> "double " + kind;
      case VALUE_NOT_SET -> kind;
    };
  }

  private static String value(NumberDataPoint point) {
    return switch (point.getValueCase()) {
      case AS_INT -> Long.toString(point.getAsInt());
      case AS_DOUBLE -> Text.number(point.getAsDouble());
      case VALUE_NOT_SET -> "none";
    };
  }

  private static String value(HistogramDataPoint point) {
    StringJoiner parts = new StringJoiner(" ");
    parts.add("count=" + Long.toUnsignedString(point.getCount()));
    addIf(parts, point.hasSum(), "sum", point.getSum());
    addIf(parts, point.hasMin(), "min", point.getMin());
    addIf(parts, point.hasMax(), "max", point.getMax());
    return parts.toString();
  }

  private static String value(ExponentialHistogramDataPoint point) {
    StringJoiner parts = new StringJoiner(" ");
    parts.add("count=" + Long.toUnsignedString(point.getCount()));
    addIf(parts, point.hasSum(), "sum", point.getSum());
    addIf(parts, point.hasMin(), "min", point.getMin());
    addIf(parts, point.hasMax(), "max", point.getMax());
    parts.add("scale=" + point.getScale());
    return parts.toString();
  }

  private static String value(SummaryDataPoint point) {
    StringJoiner parts = new StringJoiner(" ");
    parts.add("count=" + Long.toUnsignedString(point.getCount()));
    addIf(parts, true, "sum", point.getSum());
    for (SummaryDataPoint.ValueAtQuantile quantile : point.getQuantileValuesList()) {
      addIf(parts, true, "q" + Text.number(quantile.getQuantile()), quantile.getValue());
    }
    return parts.toString();
  }

  private static void addIf(StringJoiner parts, boolean isPresent, String name, double value) {
    if (isPresent) {
      parts.add(name + "=" + Text.number(value));
    }
  }
}
