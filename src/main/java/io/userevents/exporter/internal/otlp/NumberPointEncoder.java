// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.userevents.exporter.internal.otlp.OtlpFields.DataPoint;
import io.userevents.exporter.internal.otlp.OtlpFields.NumberDataPoint;
import org.agrona.concurrent.UnsafeBuffer;

/** Encodes NumberDataPoint, the points of gauges and sums. This class is not thread-safe. */
final class NumberPointEncoder {

  private final PointAttributes attributes;
  private final ExemplarEncoder exemplars;

  private long startTime;
  private long time;
  private boolean isLong;
  private long valueBits;
  private final EncodedBytes exemplarBytes = new EncodedBytes();
  private final EncodedBytes attributeBytes = new EncodedBytes();

  NumberPointEncoder(PointAttributes attributes, ExemplarEncoder exemplars) {
    this.attributes = attributes;
    this.exemplars = exemplars;
  }

  int measure(LongPointData point, boolean withExemplars) {
    isLong = true;
    valueBits = point.getValue();
    return measureRest(point, withExemplars);
  }

  int measure(DoublePointData point, boolean withExemplars) {
    isLong = false;
    valueBits = Double.doubleToRawLongBits(point.getValue());
    return measureRest(point, withExemplars);
  }

  private int measureRest(PointData point, boolean withExemplars) {
    startTime = point.getStartEpochNanos();
    time = point.getEpochNanos();
    exemplars.encode(NumberDataPoint.EXEMPLARS, point, withExemplars, exemplarBytes);
    attributes.encode(NumberDataPoint.ATTRIBUTES, point.getAttributes(), attributeBytes);
    return ProtoFields.fixed64LengthUnlessZero(startTime)
        + ProtoFields.fixed64LengthUnlessZero(time)
        + ProtoFields.FIXED64_FIELD_LENGTH
        + exemplarBytes.length()
        + attributeBytes.length();
  }

  void write(UnsafeBuffer buffer, int body) {
    int index =
        ProtoFields.putFixed64UnlessZero(buffer, body, DataPoint.START_TIME_UNIX_NANO, startTime);
    index = ProtoFields.putFixed64UnlessZero(buffer, index, DataPoint.TIME_UNIX_NANO, time);
    if (isLong) {
      index = exemplarBytes.copyTo(buffer.byteArray(), index);
      index = ProtoFields.putFixed64(buffer, index, NumberDataPoint.AS_INT, valueBits);
    } else {
      index = ProtoFields.putFixed64(buffer, index, NumberDataPoint.AS_DOUBLE, valueBits);
      index = exemplarBytes.copyTo(buffer.byteArray(), index);
    }
    attributeBytes.copyTo(buffer.byteArray(), index);
  }
}
