// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

/**
 * The encoded fields around the repeated children of a message: the prefix has the fields before
 * them, and the suffix has those after them. Lengths are in bytes and exact even for fields that
 * are too long to be kept; the bytes exist only if both together fit into a record.
 *
 * <p>The bytes lie in the cache, or in the envelope's own writer. The object is reused for one
 * message after the other. It is not thread-safe.
 */
final class Envelope {

  private final ProtoWriter writer;
  private final EncodedBytes bytes = new EncodedBytes();
  private int tag;
  private int suffixLength;

  /**
   * Creates an empty envelope.
   *
   * @param capacity bytes that can be kept outside the cache
   */
  Envelope(int capacity) {
    this.writer = new ProtoWriter(capacity);
  }

  /**
   * Takes an envelope from the cache.
   *
   * @param tag tag of the field that the message becomes
   */
  void set(int tag, EncodedCache cache, int entry) {
    this.tag = tag;
    suffixLength = cache.suffixLength(entry);
    cache.get(entry, bytes);
  }

  /**
   * Forgets the last message. The caller then writes the suffix, last field first.
   *
   * @param tag tag of the field that the message becomes
   */
  ProtoWriter beginSuffix(int tag) {
    this.tag = tag;
    writer.reset();
    return writer;
  }

  /** Ends the suffix. The caller then writes the prefix, last field first. */
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
   * Returns whether both have the same bytes in a record. The answer is false if they are too long
   * for any record, because then only their length is known.
   */
  boolean contentEquals(Envelope other) {
    return tag == other.tag
        && suffixLength == other.suffixLength
        && bytes.contentEquals(other.bytes);
  }

  int tag() {
    return tag;
  }

  /** Returns the length of prefix and suffix together. */
  int length() {
    return bytes.length();
  }

  int prefixLength() {
    return bytes.length() - suffixLength;
  }

  int suffixLength() {
    return suffixLength;
  }

  /** Copies the prefix and returns the index behind it. */
  int copyPrefix(byte[] target, int index) {
    return bytes.copyTo(target, index, 0, prefixLength());
  }

  /** Copies the suffix and returns the index behind it. */
  int copySuffix(byte[] target, int index) {
    return bytes.copyTo(target, index, prefixLength(), bytes.length());
  }
}
