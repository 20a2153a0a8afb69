// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import io.opentelemetry.sdk.metrics.data.ValueAtQuantile;
import io.userevents.exporter.internal.otlp.OtlpFields.DataPoint;
import io.userevents.exporter.internal.otlp.OtlpFields.SummaryDataPoint;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Encodes SummaryDataPoint: values at quantiles. This class is not thread-safe. */
final class SummaryPointEncoder {

  private final PointAttributes attributes;

  /** The fields from start time to quantiles, which are all except the attributes at the end. */
  private final ProtoWriter fields;

  private final EncodedBytes fieldBytes = new EncodedBytes();
  private final EncodedBytes attributeBytes = new EncodedBytes();

  /**
   * Creates an encoder.
   *
   * @param capacity length of the longest fields that are written, in bytes
   */
  SummaryPointEncoder(PointAttributes attributes, int capacity) {
    this.attributes = attributes;
    this.fields = new ProtoWriter(capacity);
  }

  /** Returns the length in bytes of the message. */
  int measure(SummaryPointData point) {
    fields.reset();
    List<ValueAtQuantile> quantiles = point.getValues();
    for (int i = quantiles.size() - 1; i >= 0 && !fields.isExhausted(); i--) {
      ValueAtQuantile quantile = quantiles.get(i);
      int end = fields.length();
      fields.doubleFieldUnlessZero(OtlpFields.ValueAtQuantile.VALUE, quantile.getValue());
      fields.doubleFieldUnlessZero(OtlpFields.ValueAtQuantile.QUANTILE, quantile.getQuantile());
      fields.messageHeader(SummaryDataPoint.QUANTILE_VALUES, end);
    }
    fields.doubleFieldUnlessZero(DataPoint.SUM, point.getSum());
    fields.fixed64FieldUnlessZero(DataPoint.COUNT, point.getCount());
    fields.fixed64FieldUnlessZero(DataPoint.TIME_UNIX_NANO, point.getEpochNanos());
    fields.fixed64FieldUnlessZero(DataPoint.START_TIME_UNIX_NANO, point.getStartEpochNanos());
    fieldBytes.set(fields);
    attributes.encode(SummaryDataPoint.ATTRIBUTES, point.getAttributes(), attributeBytes);
    return fieldBytes.length() + attributeBytes.length();
  }

  /** Writes the message that was measured last. */
  void write(UnsafeBuffer buffer, int body) {
    int index = fieldBytes.copyTo(buffer.byteArray(), body);
    attributeBytes.copyTo(buffer.byteArray(), index);
  }
}
