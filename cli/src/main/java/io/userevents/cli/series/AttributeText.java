// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.userevents.cli.console.Text;
import java.util.List;

/** Formats attributes as readable text. */
public final class AttributeText {

  /** The deepest nesting of values. Deeper values, as a hostile process may write, are left out. */
  private static final int MAX_DEPTH = 8;

  private static final int INITIAL_LENGTH = 64;

  private AttributeText() {}

  /** Returns {@code key=value} pairs, separated by spaces, in their order in the point. */
  public static String of(List<KeyValue> attributes) {
    if (attributes.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder(INITIAL_LENGTH);
    addAttributes(text, attributes, 0);
    return text.toString();
  }

  /** Does not use streams, because it runs for each point. */
  private static void addAttributes(StringBuilder text, List<KeyValue> attributes, int depth) {
    for (int i = 0; i < attributes.size(); i++) {
      KeyValue entry = attributes.get(i);
      text.append(i == 0 ? "" : " ").append(Text.printable(entry.getKey())).append('=');
      addValue(text, entry.getValue(), depth);
    }
  }

  private static void addValue(StringBuilder text, AnyValue value, int depth) {
    if (depth == MAX_DEPTH) {
      text.append("...");
      return;
    }
    switch (value.getValueCase()) {
      case STRING_VALUE -> addQuoted(text, Text.printable(value.getStringValue()));
      case BOOL_VALUE -> text.append(value.getBoolValue());
      case INT_VALUE -> text.append(value.getIntValue());
      case DOUBLE_VALUE -> text.append(Text.number(value.getDoubleValue()));
      case ARRAY_VALUE -> addArray(text, value.getArrayValue().getValuesList(), depth + 1);
      case KVLIST_VALUE -> {
        text.append('{');
        addAttributes(text, value.getKvlistValue().getValuesList(), depth + 1);
        text.append('}');
      }
      case BYTES_VALUE -> text.append('(').append(value.getBytesValue().size()).append(" bytes)");
      case VALUE_NOT_SET -> {}
      // A case that a newer protocol adds.
      default -> text.append('?');
    }
  }

  private static void addArray(StringBuilder text, List<AnyValue> elements, int depth) {
    text.append('[');
    for (int i = 0; i < elements.size(); i++) {
      text.append(i == 0 ? "" : ",");
      addValue(text, elements.get(i), depth);
    }
    text.append(']');
  }

  private static void addQuoted(StringBuilder text, String value) {
    if (value.indexOf(' ') < 0) {
      text.append(value);
    } else {
      text.append('"').append(value).append('"');
    }
  }
}
