// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.userevents.exporter.internal.otlp.OtlpFields.AnyValue;
import io.userevents.exporter.internal.otlp.OtlpFields.ValueList;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the value of an attribute as an AnyValue. The class of the value decides the type, so that
 * a value under a mismatched key cannot fail. A value for which OTLP has no type becomes an
 * AnyValue without a value.
 */
final class AnyValueEncoder {

  /**
   * How many messages may contain each other below the value of an attribute. Protobuf decoders
   * refuse more than 100; an exemplar's attribute is the 8th.
   */
  static final int MAX_DEPTH = 100 - 8;

  private static final int TRUE = 1;
  private static final int FALSE = 0;

  private AnyValueEncoder() {}

  static void keyValue(ProtoWriter writer, int tag, AttributeKey<?> key, Object value) {
    int end = writer.length();
    anyValue(writer, OtlpFields.KeyValue.VALUE, value, key.getType(), 0);
    writer.stringFieldUnlessEmpty(OtlpFields.KeyValue.KEY, key.getKey());
    writer.messageHeader(tag, end);
  }

  private static void anyValue(
      ProtoWriter writer, int tag, @Nullable Object value, AttributeType type, int depth) {
    int end = writer.length();
    if (value instanceof String text) {
      writer.stringField(AnyValue.STRING_VALUE, text);
    } else if (value instanceof Long number) {
      writer.varintField(AnyValue.INT_VALUE, number);
    } else if (value instanceof Double number) {
      writer.doubleField(AnyValue.DOUBLE_VALUE, number);
    } else if (value instanceof Boolean bool) {
      writer.varintField(AnyValue.BOOL_VALUE, bool ? TRUE : FALSE);
    } else if (value instanceof List<?> list) {
      array(writer, list, type, depth);
    } else if (value instanceof Value<?> nested) {
      value(writer, nested, depth);
    } else if (value == null && type == AttributeType.STRING_ARRAY) {
      writer.stringField(AnyValue.STRING_VALUE, "");
    }
    writer.messageHeader(tag, end);
  }

  private static void array(ProtoWriter writer, List<?> elements, AttributeType type, int depth) {
    if (depth + 2 > MAX_DEPTH) {
      writer.exhaust();
    }
    int end = writer.length();
    for (int i = elements.size() - 1; i >= 0 && !writer.isExhausted(); i--) {
      anyValue(writer, ValueList.VALUES, elements.get(i), type, depth + 2);
    }
    writer.messageHeader(AnyValue.ARRAY_VALUE, end);
  }

  private static void keyValueList(ProtoWriter writer, List<?> entries, int depth) {
    if (depth + 3 > MAX_DEPTH) {
      writer.exhaust();
    }
    int end = writer.length();
    for (int i = entries.size() - 1; i >= 0 && !writer.isExhausted(); i--) {
      if (!(entries.get(i) instanceof KeyValue entry)) {
        continue; // Missing: Value.of accepts that.
      }
      int entryEnd = writer.length();
      anyValue(writer, OtlpFields.KeyValue.VALUE, entry.getValue(), AttributeType.VALUE, depth + 3);
      writer.stringFieldUnlessEmpty(OtlpFields.KeyValue.KEY, entry.getKey());
      writer.messageHeader(ValueList.VALUES, entryEnd);
    }
    writer.messageHeader(AnyValue.KVLIST_VALUE, end);
  }

  /** Writes the content of the AnyValue. */
  private static void value(ProtoWriter writer, Value<?> value, int depth) {
    switch (value.getType()) {
      case STRING -> writer.stringField(AnyValue.STRING_VALUE, (String) value.getValue());
      case BOOLEAN ->
          writer.varintField(AnyValue.BOOL_VALUE, (Boolean) value.getValue() ? TRUE : FALSE);
      case LONG -> writer.varintField(AnyValue.INT_VALUE, (Long) value.getValue());
      case DOUBLE -> writer.doubleField(AnyValue.DOUBLE_VALUE, (Double) value.getValue());
      case ARRAY -> array(writer, (List<?>) value.getValue(), AttributeType.VALUE, depth);
      case KEY_VALUE_LIST -> keyValueList(writer, (List<?>) value.getValue(), depth);
      case BYTES -> writer.bytesField(AnyValue.BYTES_VALUE, (ByteBuffer) value.getValue());
      case EMPTY -> {}
    }
  }
}
