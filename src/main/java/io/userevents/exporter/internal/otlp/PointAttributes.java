// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.Attributes;

/** Finds the encoded attributes of data points, or encodes them. Not thread-safe. */
final class PointAttributes {

  private static final Attributes EMPTY = Attributes.empty();

  private final AttributesEncoder encoder;
  private final EncodedCache cache;
  private final ProtoWriter writer;

  /**
   * @param capacity in bytes, of the longest attribute set that is kept
   */
  PointAttributes(AttributesEncoder encoder, EncodedCache cache, int capacity) {
    this.encoder = encoder;
    this.cache = cache;
    this.writer = new ProtoWriter(capacity);
  }

  /**
   * @param tag of the repeated KeyValue field that the attributes become
   * @param target is set to the bytes, which are there until the next call
   */
  void encode(int tag, Attributes attributes, EncodedBytes target) {
    if (attributes == EMPTY) {
      // Shared by all metrics without attributes, so nothing would tell what comes next.
      target.clear();
      return;
    }
    int entry = cache.find(attributes, tag);
    if (entry != EncodedCache.NONE) {
      cache.get(entry, target);
    } else {
      writer.reset();
      encoder.encode(writer, tag, attributes);
      cache.add(attributes, tag, writer, 0);
      target.set(writer);
    }
  }
}
