// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.userevents.cli.console.Text;
import java.util.List;
import java.util.stream.Collectors;

/** Attributes as text for people. */
public final class AttributeText {

  /** A value in a value in a value: deeper ones of a hostile process are left out. */
  private static final int MAX_DEPTH = 8;

  private AttributeText() {}

  /** {@code key=value} with spaces between, in the order in which they came. */
  public static String of(List<KeyValue> attributes) {
    return attributes(attributes, 0);
  }

  private static String attributes(List<KeyValue> attributes, int depth) {
    return attributes.stream()
        .map(entry -> Text.printable(entry.getKey()) + "=" + value(entry.getValue(), depth))
        .collect(Collectors.joining(" "));
  }

  private static String value(AnyValue value, int depth) {
    if (depth == MAX_DEPTH) {
      return "...";
    }
    return switch (value.getValueCase()) {
      case STRING_VALUE -> quoted(Text.printable(value.getStringValue()));
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case INT_VALUE -> Long.toString(value.getIntValue());
      case DOUBLE_VALUE -> Text.number(value.getDoubleValue());
      case ARRAY_VALUE ->
          value.getArrayValue().getValuesList().stream()
              .map(element -> value(element, depth + 1))
              .collect(Collectors.joining(",", "[", "]"));
      case KVLIST_VALUE ->
          "{" + attributes(value.getKvlistValue().getValuesList(), depth + 1) + "}";
      case BYTES_VALUE -> "(" + value.getBytesValue().size() + " bytes)";
      case VALUE_NOT_SET -> "";
      // A case that a newer protocol adds.
      default -> "?";
    };
  }

  private static String quoted(String text) {
    return text.indexOf(' ') < 0 ? text : '"' + text + '"';
  }
}
