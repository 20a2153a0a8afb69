// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.userevents.exporter.internal.otlp.OtlpFields.DataPoint;
import io.userevents.exporter.internal.otlp.OtlpFields.HistogramDataPoint;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Encodes HistogramDataPoint: counts by explicit bounds. This class is not thread-safe. */
final class HistogramPointEncoder {

  private final PointAttributes attributes;
  private final ExemplarEncoder exemplars;

  private long startTime;
  private long time;
  private long count;
  private double sum;
  private List<Long> counts = List.of();
  private List<Double> bounds = List.of();
  private final EncodedBytes exemplarBytes = new EncodedBytes();
  private final EncodedBytes attributeBytes = new EncodedBytes();
  private boolean hasMin;
  private double min;
  private boolean hasMax;
  private double max;

  HistogramPointEncoder(PointAttributes attributes, ExemplarEncoder exemplars) {
    this.attributes = attributes;
    this.exemplars = exemplars;
  }

  /** Returns the length in bytes of the message. */
  int measure(HistogramPointData point, boolean withExemplars) {
    startTime = point.getStartEpochNanos();
    time = point.getEpochNanos();
    count = point.getCount();
    sum = point.getSum();
    counts = point.getCounts();
    bounds = point.getBoundaries();
    exemplars.encode(HistogramDataPoint.EXEMPLARS, point, withExemplars, exemplarBytes);
    attributes.encode(HistogramDataPoint.ATTRIBUTES, point.getAttributes(), attributeBytes);
    hasMin = point.hasMin();
    min = hasMin ? point.getMin() : 0;
    hasMax = point.hasMax();
    max = hasMax ? point.getMax() : 0;
    return ProtoFields.fixed64LengthUnlessZero(startTime)
        + ProtoFields.fixed64LengthUnlessZero(time)
        + ProtoFields.fixed64LengthUnlessZero(count)
        + ProtoFields.FIXED64_FIELD_LENGTH
        + packedLength(counts.size())
        + packedLength(bounds.size())
        + exemplarBytes.length()
        + attributeBytes.length()
        + (hasMin ? ProtoFields.FIXED64_FIELD_LENGTH : 0)
        + (hasMax ? ProtoFields.FIXED64_FIELD_LENGTH : 0);
  }

  /** Writes the message that was measured last. */
  void write(UnsafeBuffer buffer, int body) {
    int index =
        ProtoFields.putFixed64UnlessZero(buffer, body, DataPoint.START_TIME_UNIX_NANO, startTime);
    index = ProtoFields.putFixed64UnlessZero(buffer, index, DataPoint.TIME_UNIX_NANO, time);
    index = ProtoFields.putFixed64UnlessZero(buffer, index, DataPoint.COUNT, count);
    index = ProtoFields.putDouble(buffer, index, DataPoint.SUM, sum);
    index = putCounts(buffer, index);
    index = putBounds(buffer, index);
    index = exemplarBytes.copyTo(buffer.byteArray(), index);
    index = attributeBytes.copyTo(buffer.byteArray(), index);
    if (hasMin) {
      index = ProtoFields.putDouble(buffer, index, HistogramDataPoint.MIN, min);
    }
    if (hasMax) {
      ProtoFields.putDouble(buffer, index, HistogramDataPoint.MAX, max);
    }
  }

  private int putCounts(UnsafeBuffer buffer, int index) {
    List<Long> values = counts;
    int size = values.size();
    if (size == 0) {
      return index;
    }
    int next =
        ProtoFields.putHeader(buffer, index, HistogramDataPoint.BUCKET_COUNTS, size * Long.BYTES);
    for (int i = 0; i < size; i++) {
      buffer.putLong(next, values.get(i), LITTLE_ENDIAN);
      next += Long.BYTES;
    }
    return next;
  }

  private int putBounds(UnsafeBuffer buffer, int index) {
    List<Double> values = bounds;
    int size = values.size();
    if (size == 0) {
      return index;
    }
    int next =
        ProtoFields.putHeader(
            buffer, index, HistogramDataPoint.EXPLICIT_BOUNDS, size * Double.BYTES);
    for (int i = 0; i < size; i++) {
      buffer.putLong(next, Double.doubleToRawLongBits(values.get(i)), LITTLE_ENDIAN);
      next += Double.BYTES;
    }
    return next;
  }

  private static int packedLength(int values) {
    if (values == 0) {
      return 0;
    }
    return values < ProtoWriter.MEASURE_LIMIT / Long.BYTES
        ? ProtoFields.framedLength(values * Long.BYTES)
        : ProtoWriter.MEASURE_LIMIT;
  }
}
