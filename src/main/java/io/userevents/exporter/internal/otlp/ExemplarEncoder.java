// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.data.ExemplarData;
import io.opentelemetry.sdk.metrics.data.LongExemplarData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.userevents.exporter.internal.otlp.OtlpFields.Exemplar;
import java.util.List;

/** Encodes the exemplars of a point. Not thread-safe. */
final class ExemplarEncoder {

  private final AttributesEncoder attributes;
  private final ProtoWriter writer;

  /**
   * Creates an encoder.
   *
   * @param capacity length of the longest exemplars that are written, in bytes
   */
  ExemplarEncoder(AttributesEncoder attributes, int capacity) {
    this.attributes = attributes;
    this.writer = new ProtoWriter(capacity);
  }

  /**
   * Encodes the exemplars of a point.
   *
   * @param tag tag of the repeated Exemplar field
   * @param wanted whether the point must have its exemplars
   * @param target refers to the bytes afterwards, which are valid until the next call; if they are
   *     longer than the capacity, it has any length above the capacity
   */
  void encode(int tag, PointData point, boolean wanted, EncodedBytes target) {
    target.clear();
    if (!wanted) {
      return;
    }
    List<? extends ExemplarData> exemplars = point.getExemplars();
    if (exemplars.isEmpty()) {
      return;
    }
    writer.reset();
    // Beyond the capacity, the point goes without exemplars, and their length does not matter.
    for (int i = exemplars.size() - 1; i >= 0 && writer.isComplete(); i--) {
      encodeOne(tag, exemplars.get(i));
    }
    target.set(writer);
  }

  private void encodeOne(int tag, ExemplarData exemplar) {
    int end = writer.length();
    attributes.encode(writer, Exemplar.FILTERED_ATTRIBUTES, exemplar.getFilteredAttributes());
    if (exemplar instanceof LongExemplarData number) {
      writer.fixed64Field(Exemplar.AS_INT, number.getValue());
    }
    SpanContext spanContext = exemplar.getSpanContext();
    if (spanContext.isValid()) {
      writer.hexField(Exemplar.TRACE_ID, spanContext.getTraceId());
      writer.hexField(Exemplar.SPAN_ID, spanContext.getSpanId());
    }
    if (exemplar instanceof DoubleExemplarData number) {
      writer.doubleField(Exemplar.AS_DOUBLE, number.getValue());
    }
    writer.fixed64FieldUnlessZero(Exemplar.TIME_UNIX_NANO, exemplar.getEpochNanos());
    writer.messageHeader(tag, end);
  }
}
