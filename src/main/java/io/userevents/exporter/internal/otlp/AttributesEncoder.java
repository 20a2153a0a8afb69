// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.Attributes;

/**
 * Writes attribute sets in their own order. Not thread-safe; one instance serves any number of
 * writers, one after the other.
 */
final class AttributesEncoder {

  private final AttributeList list = new AttributeList();

  /**
   * Writes an attribute set.
   *
   * @param tag tag of the repeated KeyValue field that the attributes become
   */
  void encode(ProtoWriter writer, int tag, Attributes attributes) {
    if (attributes.isEmpty()) {
      return;
    }
    try {
      list.addAll(attributes);
      list.writeTo(writer, tag);
    } finally {
      list.clear();
    }
  }
}
