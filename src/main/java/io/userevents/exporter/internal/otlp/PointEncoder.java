// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import io.opentelemetry.sdk.metrics.data.ValueAtQuantile;
import io.userevents.exporter.internal.otlp.OtlpFields.Buckets;
import io.userevents.exporter.internal.otlp.OtlpFields.DataPoint;
import io.userevents.exporter.internal.otlp.OtlpFields.ExponentialHistogramDataPoint;
import io.userevents.exporter.internal.otlp.OtlpFields.HistogramDataPoint;
import io.userevents.exporter.internal.otlp.OtlpFields.MetricKind;
import io.userevents.exporter.internal.otlp.OtlpFields.NumberDataPoint;
import io.userevents.exporter.internal.otlp.OtlpFields.SummaryDataPoint;
import java.util.List;

/**
 * Writes one data point as the field {@code data_points} of its metric's kind, header included: the
 * bytes of several points one after the other are the repeated field. Not thread-safe.
 *
 * <p>The fields of each kind are written by descending number, since the writer goes backwards.
 */
final class PointEncoder {

  private final AttributesEncoder attributes;
  private final ExemplarEncoder exemplars;

  PointEncoder(AttributesEncoder attributes) {
    this.attributes = attributes;
    this.exemplars = new ExemplarEncoder(attributes);
  }

  /**
   * @param type of the metric that the point belongs to
   * @throws ClassCastException if the point is of another type
   */
  void encode(ProtoWriter writer, MetricDataType type, PointData point, boolean withExemplars) {
    int end = writer.length();
    switch (type) {
      case LONG_GAUGE, LONG_SUM -> longNumber(writer, (LongPointData) point, withExemplars);
      case DOUBLE_GAUGE, DOUBLE_SUM -> doubleNumber(writer, (DoublePointData) point, withExemplars);
      case HISTOGRAM -> histogram(writer, (HistogramPointData) point, withExemplars);
      case EXPONENTIAL_HISTOGRAM ->
          exponentialHistogram(writer, (ExponentialHistogramPointData) point, withExemplars);
      case SUMMARY -> summary(writer, (SummaryPointData) point);
    }
    writer.messageHeader(MetricKind.DATA_POINTS, end);
  }

  private void longNumber(ProtoWriter writer, LongPointData point, boolean withExemplars) {
    attributes.encode(writer, NumberDataPoint.ATTRIBUTES, point.getAttributes());
    writer.fixed64Field(NumberDataPoint.AS_INT, point.getValue());
    if (withExemplars) {
      exemplars.encode(writer, NumberDataPoint.EXEMPLARS, point.getExemplars());
    }
    times(writer, point);
  }

  private void doubleNumber(ProtoWriter writer, DoublePointData point, boolean withExemplars) {
    attributes.encode(writer, NumberDataPoint.ATTRIBUTES, point.getAttributes());
    if (withExemplars) {
      exemplars.encode(writer, NumberDataPoint.EXEMPLARS, point.getExemplars());
    }
    writer.doubleField(NumberDataPoint.AS_DOUBLE, point.getValue());
    times(writer, point);
  }

  private void histogram(ProtoWriter writer, HistogramPointData point, boolean withExemplars) {
    if (point.hasMax()) {
      writer.doubleField(HistogramDataPoint.MAX, point.getMax());
    }
    if (point.hasMin()) {
      writer.doubleField(HistogramDataPoint.MIN, point.getMin());
    }
    attributes.encode(writer, HistogramDataPoint.ATTRIBUTES, point.getAttributes());
    if (withExemplars) {
      exemplars.encode(writer, HistogramDataPoint.EXEMPLARS, point.getExemplars());
    }
    packedDoubles(writer, HistogramDataPoint.EXPLICIT_BOUNDS, point.getBoundaries());
    packedFixed64(writer, HistogramDataPoint.BUCKET_COUNTS, point.getCounts());
    writer.doubleField(DataPoint.SUM, point.getSum());
    writer.fixed64FieldUnlessZero(DataPoint.COUNT, point.getCount());
    times(writer, point);
  }

  private void exponentialHistogram(
      ProtoWriter writer, ExponentialHistogramPointData point, boolean withExemplars) {
    // The SDK has no zero threshold, field 14.
    if (point.hasMax()) {
      writer.doubleField(ExponentialHistogramDataPoint.MAX, point.getMax());
    }
    if (point.hasMin()) {
      writer.doubleField(ExponentialHistogramDataPoint.MIN, point.getMin());
    }
    if (withExemplars) {
      exemplars.encode(writer, ExponentialHistogramDataPoint.EXEMPLARS, point.getExemplars());
    }
    buckets(writer, ExponentialHistogramDataPoint.NEGATIVE, point.getNegativeBuckets());
    buckets(writer, ExponentialHistogramDataPoint.POSITIVE, point.getPositiveBuckets());
    writer.fixed64FieldUnlessZero(ExponentialHistogramDataPoint.ZERO_COUNT, point.getZeroCount());
    writer.sint32FieldUnlessZero(ExponentialHistogramDataPoint.SCALE, point.getScale());
    writer.doubleField(DataPoint.SUM, point.getSum());
    writer.fixed64FieldUnlessZero(DataPoint.COUNT, point.getCount());
    times(writer, point);
    attributes.encode(writer, ExponentialHistogramDataPoint.ATTRIBUTES, point.getAttributes());
  }

  private void summary(ProtoWriter writer, SummaryPointData point) {
    attributes.encode(writer, SummaryDataPoint.ATTRIBUTES, point.getAttributes());
    List<ValueAtQuantile> quantiles = point.getValues();
    for (int i = quantiles.size() - 1; i >= 0 && !writer.isExhausted(); i--) {
      ValueAtQuantile quantile = quantiles.get(i);
      int end = writer.length();
      writer.doubleFieldUnlessZero(OtlpFields.ValueAtQuantile.VALUE, quantile.getValue());
      writer.doubleFieldUnlessZero(OtlpFields.ValueAtQuantile.QUANTILE, quantile.getQuantile());
      writer.messageHeader(SummaryDataPoint.QUANTILE_VALUES, end);
    }
    writer.doubleFieldUnlessZero(DataPoint.SUM, point.getSum());
    writer.fixed64FieldUnlessZero(DataPoint.COUNT, point.getCount());
    times(writer, point);
  }

  private static void times(ProtoWriter writer, PointData point) {
    writer.fixed64FieldUnlessZero(DataPoint.TIME_UNIX_NANO, point.getEpochNanos());
    writer.fixed64FieldUnlessZero(DataPoint.START_TIME_UNIX_NANO, point.getStartEpochNanos());
  }

  /** Present even if empty, as the exporters of OpenTelemetry write it. */
  private static void buckets(ProtoWriter writer, int tag, ExponentialHistogramBuckets buckets) {
    int end = writer.length();
    List<Long> counts = buckets.getBucketCounts();
    if (!counts.isEmpty()) {
      for (int i = counts.size() - 1; i >= 0 && !writer.isExhausted(); i--) {
        writer.varint(counts.get(i));
      }
      writer.messageHeader(Buckets.BUCKET_COUNTS, end);
    }
    writer.sint32FieldUnlessZero(Buckets.OFFSET, buckets.getOffset());
    writer.messageHeader(tag, end);
  }

  private static void packedFixed64(ProtoWriter writer, int tag, List<Long> values) {
    if (values.isEmpty()) {
      return;
    }
    int end = writer.length();
    for (int i = values.size() - 1; i >= 0 && !writer.isExhausted(); i--) {
      writer.fixed64(values.get(i));
    }
    writer.messageHeader(tag, end);
  }

  private static void packedDoubles(ProtoWriter writer, int tag, List<Double> values) {
    if (values.isEmpty()) {
      return;
    }
    int end = writer.length();
    for (int i = values.size() - 1; i >= 0 && !writer.isExhausted(); i--) {
      writer.fixed64(Double.doubleToRawLongBits(values.get(i)));
    }
    writer.messageHeader(tag, end);
  }
}
