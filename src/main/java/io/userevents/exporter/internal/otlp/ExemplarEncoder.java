// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.data.ExemplarData;
import io.opentelemetry.sdk.metrics.data.LongExemplarData;
import io.userevents.exporter.internal.otlp.OtlpFields.Exemplar;
import java.util.List;

/** Writes the exemplars of a point. Not thread-safe. */
final class ExemplarEncoder {

  private final AttributesEncoder attributes;

  ExemplarEncoder(AttributesEncoder attributes) {
    this.attributes = attributes;
  }

  /**
   * @param tag of the repeated Exemplar field
   */
  void encode(ProtoWriter writer, int tag, List<? extends ExemplarData> exemplars) {
    for (int i = exemplars.size() - 1; i >= 0 && !writer.isExhausted(); i--) {
      encodeOne(writer, tag, exemplars.get(i));
    }
  }

  private void encodeOne(ProtoWriter writer, int tag, ExemplarData exemplar) {
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
