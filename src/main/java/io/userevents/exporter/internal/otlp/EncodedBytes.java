// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import java.util.Arrays;

/**
 * Refers to encoded bytes in the cache, or in the writer that has just made them. It is reused and
 * is not thread-safe.
 *
 * <p>The length is exact even for bytes that were too long to be kept, except for exemplars. Such
 * bytes do not exist, and no code reads them, because they fit into no record.
 */
final class EncodedBytes {

  private static final byte[] NOTHING = {};

  private byte[] array = NOTHING;
  private int offset;
  private int length;

  void set(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** Refers to all bytes of the writer. */
  void set(ProtoWriter writer) {
    set(writer.array(), writer.offset(), writer.length());
  }

  void clear() {
    set(NOTHING, 0, 0);
  }

  int length() {
    return length;
  }

  /** Returns whether the bytes of both exist and are equal. */
  boolean contentEquals(EncodedBytes other) {
    return offset >= 0
        && other.offset >= 0
        && Arrays.equals(
            array, offset, offset + length, other.array, other.offset, other.offset + other.length);
  }

  /** Copies all bytes. Returns the index behind the copy. */
  int copyTo(byte[] target, int index) {
    return copyTo(target, index, 0, length);
  }

  /** Copies the bytes from {@code begin} to {@code end}. Returns the index behind the copy. */
  int copyTo(byte[] target, int index, int begin, int end) {
    int count = end - begin;
    System.arraycopy(array, offset + begin, target, index, count);
    return index + count;
  }
}
