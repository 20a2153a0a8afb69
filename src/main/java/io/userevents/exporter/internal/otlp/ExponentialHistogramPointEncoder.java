// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.userevents.exporter.internal.otlp.OtlpFields.Buckets;
import io.userevents.exporter.internal.otlp.OtlpFields.DataPoint;
import io.userevents.exporter.internal.otlp.OtlpFields.ExponentialHistogramDataPoint;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Encodes ExponentialHistogramDataPoint: counts by bounds that are powers of a base. This class is
 * not thread-safe.
 *
 * <p>The SDK has no zero threshold, field 14.
 */
final class ExponentialHistogramPointEncoder {

  private final PointAttributes attributes;
  private final ExemplarEncoder exemplars;

  /** The fields from scale to negative buckets, which consist of varints. */
  private final ProtoWriter buckets;

  private long startTime;
  private long time;
  private long count;
  private double sum;
  private final EncodedBytes bucketBytes = new EncodedBytes();
  private final EncodedBytes exemplarBytes = new EncodedBytes();
  private final EncodedBytes attributeBytes = new EncodedBytes();
  private boolean hasMin;
  private double min;
  private boolean hasMax;
  private double max;

  /**
   * Creates an encoder.
   *
   * @param capacity length of the longest buckets that are written, in bytes
   */
  ExponentialHistogramPointEncoder(
      PointAttributes attributes, ExemplarEncoder exemplars, int capacity) {
    this.attributes = attributes;
    this.exemplars = exemplars;
    this.buckets = new ProtoWriter(capacity);
  }

  /** Returns the length in bytes of the message. */
  int measure(ExponentialHistogramPointData point, boolean withExemplars) {
    startTime = point.getStartEpochNanos();
    time = point.getEpochNanos();
    count = point.getCount();
    sum = point.getSum();
    encodeBuckets(point);
    exemplars.encode(ExponentialHistogramDataPoint.EXEMPLARS, point, withExemplars, exemplarBytes);
    attributes.encode(
        ExponentialHistogramDataPoint.ATTRIBUTES, point.getAttributes(), attributeBytes);
    hasMin = point.hasMin();
    min = hasMin ? point.getMin() : 0;
    hasMax = point.hasMax();
    max = hasMax ? point.getMax() : 0;
    return ProtoFields.fixed64LengthUnlessZero(startTime)
        + ProtoFields.fixed64LengthUnlessZero(time)
        + ProtoFields.fixed64LengthUnlessZero(count)
        + ProtoFields.FIXED64_FIELD_LENGTH
        + bucketBytes.length()
        + exemplarBytes.length()
        + attributeBytes.length()
        + (hasMin ? ProtoFields.FIXED64_FIELD_LENGTH : 0)
        + (hasMax ? ProtoFields.FIXED64_FIELD_LENGTH : 0);
  }

  /** Writes the message that was measured last. */
  void write(UnsafeBuffer buffer, int body) {
    int index = attributeBytes.copyTo(buffer.byteArray(), body);
    index =
        ProtoFields.putFixed64UnlessZero(buffer, index, DataPoint.START_TIME_UNIX_NANO, startTime);
    index = ProtoFields.putFixed64UnlessZero(buffer, index, DataPoint.TIME_UNIX_NANO, time);
    index = ProtoFields.putFixed64UnlessZero(buffer, index, DataPoint.COUNT, count);
    index = ProtoFields.putDouble(buffer, index, DataPoint.SUM, sum);
    index = bucketBytes.copyTo(buffer.byteArray(), index);
    index = exemplarBytes.copyTo(buffer.byteArray(), index);
    if (hasMin) {
      index = ProtoFields.putDouble(buffer, index, ExponentialHistogramDataPoint.MIN, min);
    }
    if (hasMax) {
      ProtoFields.putDouble(buffer, index, ExponentialHistogramDataPoint.MAX, max);
    }
  }

  private void encodeBuckets(ExponentialHistogramPointData point) {
    buckets.reset();
    encodeBuckets(ExponentialHistogramDataPoint.NEGATIVE, point.getNegativeBuckets());
    encodeBuckets(ExponentialHistogramDataPoint.POSITIVE, point.getPositiveBuckets());
    buckets.fixed64FieldUnlessZero(ExponentialHistogramDataPoint.ZERO_COUNT, point.getZeroCount());
    buckets.sint32FieldUnlessZero(ExponentialHistogramDataPoint.SCALE, point.getScale());
    bucketBytes.set(buckets);
  }

  /** Writes buckets even if they are empty, as the exporters of OpenTelemetry do. */
  private void encodeBuckets(int tag, ExponentialHistogramBuckets bucketData) {
    int end = buckets.length();
    List<Long> counts = bucketData.getBucketCounts();
    if (!counts.isEmpty()) {
      buckets.packedVarints(counts);
      buckets.messageHeader(Buckets.BUCKET_COUNTS, end);
    }
    buckets.sint32FieldUnlessZero(Buckets.OFFSET, bucketData.getOffset());
    buckets.messageHeader(tag, end);
  }
}
