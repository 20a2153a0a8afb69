// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import org.agrona.DirectBuffer;

/**
 * What surrounds the repeated children of a message: the prefix, its encoded fields before them,
 * and the suffix, those after them. Lengths are in bytes and exact even for what is too long to be
 * kept; the bytes are there only if both together fit the capacity.
 *
 * <p>Reused for one message after the other. Not thread-safe.
 */
final class Envelope {

  private final ProtoWriter writer;
  private int tag;
  private int suffixLength;

  Envelope(int capacity) {
    this.writer = new ProtoWriter(capacity);
  }

  /**
   * Forgets the last message. What is written next is the suffix, last field first.
   *
   * @param tag of the field that the message will be
   */
  ProtoWriter beginSuffix(int tag) {
    this.tag = tag;
    writer.reset();
    suffixLength = 0;
    return writer;
  }

  /** Ends the suffix. What is written next is the prefix, last field first. */
  void beginPrefix() {
    suffixLength = writer.length();
  }

  int tag() {
    return tag;
  }

  /** Of prefix and suffix together. */
  int length() {
    return writer.length();
  }

  DirectBuffer buffer() {
    return writer.buffer();
  }

  int prefixOffset() {
    return writer.offset();
  }

  int prefixLength() {
    return writer.length() - suffixLength;
  }

  int suffixOffset() {
    return writer.offset() + prefixLength();
  }

  int suffixLength() {
    return suffixLength;
  }
}
