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
   * Creates an encoder.
   *
   * @param capacity length of the longest attribute set that is kept, in bytes
   */
  PointAttributes(AttributesEncoder encoder, EncodedCache cache, int capacity) {
    this.encoder = encoder;
    this.cache = cache;
    this.writer = new ProtoWriter(capacity);
  }

  /**
   * Finds or encodes attributes.
   *
   * @param tag tag of the repeated KeyValue field that the attributes become
   * @param target refers to the bytes afterwards, which are valid until the next call
   */
  void encode(int tag, Attributes attributes, EncodedBytes target) {
    if (attributes == EMPTY) {
      // All metrics without attributes share the empty set, so it does not predict the next key.
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
