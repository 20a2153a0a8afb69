// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

/**
 * A cursor over the fields of one protobuf message in an array. It reads tags and lengths, and
 * skips values. Groups, which proto3 does not have, count as malformed.
 *
 * <pre>{@code
 * fields.wrap(bytes, start, end);
 * while (fields.next()) {
 *   if (fields.isMessage(2)) { ... fields.valueStart(), fields.valueEnd() ... }
 * }
 * if (fields.isMalformed()) { ... }
 * }</pre>
 *
 * <p>Not thread-safe. Source of the format: "Encoding" of the Protocol Buffers documentation.
 */
final class Fields {

  /** The longest 64-bit value, with 7 bits per byte. */
  static final int MAX_VARINT_BYTES = 10;

  /**
   * The longest tag or length, which have 32 bits. Some parsers accept no longer encoding than
   * necessary.
   */
  private static final int MAX_TAG_BYTES = 5;

  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED_32 = 5;
  private static final int LAST_SHIFT = 63;
  private static final int WIRE_TYPE_BITS = 3;
  private static final int WIRE_TYPE_MASK = 7;
  private static final long MAX_TAG = 0xFFFF_FFFFL;

  private byte[] bytes = {};
  private int position;
  private int end;
  private int fieldStart;
  private int valueStart;
  private int number;
  private int wireType;
  private boolean isMalformed;

  /** Moves to the message in {@code bytes} from {@code start} to before {@code end}. */
  Fields wrap(byte[] bytes, int start, int end) {
    if (start < 0 || end < start || end > bytes.length) {
      throw new IndexOutOfBoundsException(
          "start=" + start + ", end=" + end + ", length=" + bytes.length);
    }
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    isMalformed = false;
    return this;
  }

  /**
   * Moves to the next field. Returns false at the end, or if the message is malformed from here on.
   */
  boolean next() {
    if (position == end || isMalformed) {
      return false;
    }
    fieldStart = position;
    long tag = readVarint(MAX_TAG_BYTES);
    if (isMalformed || tag >>> WIRE_TYPE_BITS == 0 || tag != (tag & MAX_TAG)) {
      isMalformed = true;
      return false;
    }
    number = (int) (tag >>> WIRE_TYPE_BITS);
    wireType = (int) tag & WIRE_TYPE_MASK;
    valueStart = position;
    switch (wireType) {
      case VARINT -> readVarint(MAX_VARINT_BYTES);
      case FIXED_64 -> skip(Long.BYTES);
      case FIXED_32 -> skip(Integer.BYTES);
      case LENGTH_DELIMITED -> {
        long length = readVarint(MAX_TAG_BYTES);
        valueStart = position;
        skip(length);
      }
      default -> isMalformed = true;
    }
    return !isMalformed;
  }

  /** Returns whether the message is malformed, so that {@link #next} ended early. */
  boolean isMalformed() {
    return isMalformed;
  }

  /** Returns the number of the field, 1 or more. */
  int number() {
    return number;
  }

  /** Returns whether the field is a message, a string, bytes or a packed list. */
  boolean isLengthDelimited() {
    return wireType == LENGTH_DELIMITED;
  }

  boolean isVarint() {
    return wireType == VARINT;
  }

  boolean isFixed64() {
    return wireType == FIXED_64;
  }

  boolean isFixed32() {
    return wireType == FIXED_32;
  }

  /** Returns whether the field is a message, a string or bytes, and has this number. */
  boolean isMessage(int number) {
    return this.number == number && wireType == LENGTH_DELIMITED;
  }

  /** Returns the position of the field's tag. */
  int fieldStart() {
    return fieldStart;
  }

  /** Returns the position of the value. In a message, string or bytes, it is after the length. */
  int valueStart() {
    return valueStart;
  }

  /** Returns the position after the value, which is also the end of the field. */
  int valueEnd() {
    return position;
  }

  /**
   * Returns the length of the value in bytes. In a message, string or bytes, the length field is
   * not included.
   */
  int valueLength() {
    return position - valueStart;
  }

  private void skip(long length) {
    // Compared unsigned, because a length of 10 bytes may have the highest bit.
    if (Long.compareUnsigned(length, end - position) > 0) {
      isMalformed = true;
    } else {
      position += (int) length;
    }
  }

  private long readVarint(int maxBytes) {
    long value = 0;
    int limit = Math.min(end, position + maxBytes);
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (position == limit) {
        break;
      }
      byte b = bytes[position++];
      if (shift == LAST_SHIFT && (b & ~1) != 0) {
        // More than 64 bits.
        break;
      }
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    isMalformed = true;
    return 0;
  }
}
