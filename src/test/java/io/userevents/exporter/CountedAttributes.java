// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Attributes that count how often they are walked through, which is how often they are encoded. */
final class CountedAttributes implements Attributes {

  private final Attributes attributes;
  private int walks;

  CountedAttributes(Attributes attributes) {
    this.attributes = attributes;
  }

  int walks() {
    return walks;
  }

  @Override
  public void forEach(BiConsumer<? super AttributeKey<?>, ? super Object> consumer) {
    walks++;
    attributes.forEach(consumer);
  }

  @Override
  public <T> @Nullable T get(AttributeKey<T> key) {
    return attributes.get(key);
  }

  @Override
  public int size() {
    return attributes.size();
  }

  @Override
  public boolean isEmpty() {
    return attributes.isEmpty();
  }

  @Override
  public Map<AttributeKey<?>, Object> asMap() {
    return attributes.asMap();
  }

  @Override
  public AttributesBuilder toBuilder() {
    return attributes.toBuilder();
  }
}
