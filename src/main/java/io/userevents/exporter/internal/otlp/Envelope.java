// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

/**
 * What surrounds the repeated children of a message: the prefix, its encoded fields before them,
 * and the suffix, those after them. Lengths are in bytes and exact even for what is too long to be
 * kept; the bytes are there only if both together fit into a record.
 *
 * <p>It lies in the cache, or in the envelope's own writer. Reused for one message after the other.
 * Not thread-safe.
 */
final class Envelope {

  private final ProtoWriter writer;
  private final EncodedBytes bytes = new EncodedBytes();
  private int tag;
  private int suffixLength;

  /**
   * @param capacity in bytes, of what can be kept outside the cache
   */
  Envelope(int capacity) {
    this.writer = new ProtoWriter(capacity);
  }

  /**
   * Takes what is in the cache already.
   *
   * @param tag of the field that the message will be
   */
  void set(int tag, EncodedCache cache, int entry) {
    this.tag = tag;
    suffixLength = cache.suffixLength(entry);
    cache.get(entry, bytes);
  }

  /**
   * Forgets the last message. What is written next is the suffix, last field first.
   *
   * @param tag of the field that the message will be
   */
  ProtoWriter beginSuffix(int tag) {
    this.tag = tag;
    writer.reset();
    return writer;
  }

  /** Ends the suffix. What is written next is the prefix, last field first. */
  void beginPrefix() {
    suffixLength = writer.length();
  }

  /** Ends the prefix. */
  void end() {
    bytes.set(writer);
  }

  /** Ends the prefix and lets the cache remember the message for this key, if there is room. */
  void end(EncodedCache cache, Object key) {
    end();
    cache.add(key, tag, writer, suffixLength);
  }

  /**
   * Whether both would be the same bytes in a record. Not so if they are too long to be in any: all
   * that is known of those is their length.
   */
  boolean contentEquals(Envelope other) {
    return tag == other.tag
        && suffixLength == other.suffixLength
        && bytes.contentEquals(other.bytes);
  }

  int tag() {
    return tag;
  }

  /** Of prefix and suffix together. */
  int length() {
    return bytes.length();
  }

  int prefixLength() {
    return bytes.length() - suffixLength;
  }

  int suffixLength() {
    return suffixLength;
  }

  /** Returns the index behind the prefix. */
  int copyPrefix(byte[] target, int index) {
    return bytes.copyTo(target, index, 0, prefixLength());
  }

  /** Returns the index behind the suffix. */
  int copySuffix(byte[] target, int index) {
    return bytes.copyTo(target, index, prefixLength(), bytes.length());
  }
}
