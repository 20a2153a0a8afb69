// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A list of the attributes of a set, because a set can only be read forwards and the writer works
 * backwards. It is reused and is not thread-safe.
 */
final class AttributeList {

  private final BiConsumer<AttributeKey<?>, Object> collector = this::collect;
  private final List<AttributeKey<?>> keys = new ArrayList<>();
  private final List<Object> values = new ArrayList<>();

  /** Adds all attributes, in their own order. */
  void addAll(Attributes attributes) {
    attributes.forEach(collector);
  }

  private void collect(AttributeKey<?> key, Object value) {
    keys.add(key);
    values.add(value);
  }

  void removeAll(NamePatterns excluded) {
    if (excluded.isEmpty()) {
      return;
    }
    for (int i = keys.size() - 1; i >= 0; i--) {
      if (excluded.matches(keys.get(i).getKey())) {
        remove(i);
      }
    }
  }

  void clear() {
    keys.clear();
    values.clear();
  }

  int size() {
    return keys.size();
  }

  AttributeKey<?> key(int index) {
    return keys.get(index);
  }

  Object value(int index) {
    return values.get(index);
  }

  void setValue(int index, Object value) {
    values.set(index, value);
  }

  void remove(int index) {
    keys.remove(index);
    values.remove(index);
  }

  boolean hasName(String name) {
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).getKey().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Writes all attributes.
   *
   * @param tag tag of the repeated KeyValue field that the attributes become
   */
  void writeTo(ProtoWriter writer, int tag) {
    for (int i = keys.size() - 1; i >= 0 && !writer.isExhausted(); i--) {
      AnyValueEncoder.keyValue(writer, tag, keys.get(i), values.get(i));
    }
  }
}
