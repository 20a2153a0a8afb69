// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Writes attribute sets in their own order. Not thread-safe; one instance serves any number of
 * writers, one after the other.
 */
final class AttributesEncoder {

  // Attributes can only be walked forwards, the writer goes backwards: they are laid out first.
  private final BiConsumer<AttributeKey<?>, Object> collector = this::collect;
  private final List<AttributeKey<?>> keys = new ArrayList<>();
  private final List<Object> values = new ArrayList<>();

  /**
   * @param tag of the repeated KeyValue field that the attributes become
   */
  void encode(ProtoWriter writer, int tag, Attributes attributes) {
    if (attributes.isEmpty()) {
      return;
    }
    try {
      attributes.forEach(collector);
      for (int i = keys.size() - 1; i >= 0 && !writer.isExhausted(); i--) {
        AnyValueEncoder.keyValue(writer, tag, keys.get(i), values.get(i));
      }
    } finally {
      keys.clear();
      values.clear();
    }
  }

  private void collect(AttributeKey<?> key, Object value) {
    keys.add(key);
    values.add(value);
  }
}
