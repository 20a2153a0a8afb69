// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes protobuf from the end of a buffer of fixed capacity towards its start, so that the length
 * of a message is known when its header is due. Callers write the last field first:
 *
 * <pre>{@code
 * int end = writer.length();
 * writer.stringField(SECOND_FIELD, "b");
 * writer.stringField(FIRST_FIELD, "a");
 * writer.messageHeader(TAG, end);
 * }</pre>
 *
 * <p>Fields that do not fit are measured instead of written: {@link #length()} stays exact beyond
 * the capacity, up to {@link #MEASURE_LIMIT}, and no method throws because space is short.
 *
 * <p>This class is not thread-safe.
 */
final class ProtoWriter {

  /**
   * The limit of measuring in bytes. The length does not grow beyond it. Loops over data of unknown
   * size stop when it is reached, which bounds the work that one hostile attribute can cause.
   */
  static final int MEASURE_LIMIT = 1 << 24;

  private static final int NO_SPACE = -1;
  private static final int MAX_UTF8_BYTES_PER_CHAR = 3;
  private static final byte REPLACEMENT = '?';

  private final UnsafeBuffer buffer;
  private final int capacity;
  private int length;

  /**
   * Creates a writer.
   *
   * @param capacity capacity in bytes, below {@link #MEASURE_LIMIT}
   */
  ProtoWriter(int capacity) {
    this.buffer = new UnsafeBuffer(new byte[capacity]);
    this.capacity = capacity;
  }

  /**
   * Returns the length in bytes of the shortest varint of a value that is taken as unsigned, 1 to
   * 10.
   */
  static int varintLength(long value) {
    return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
  }

  void reset() {
    length = 0;
  }

  /** Returns how many bytes were written or, beyond the capacity, measured since the last reset. */
  int length() {
    return length;
  }

  /** Returns whether all bytes were written, not only measured. */
  boolean isComplete() {
    return length <= capacity;
  }

  /**
   * Returns the array that has the written bytes at {@link #offset()}, {@link #length()} of them,
   * if they fitted.
   */
  byte[] array() {
    return buffer.byteArray();
  }

  /** Returns where in the array the written bytes start. It has no meaning beyond the capacity. */
  int offset() {
    return capacity - length;
  }

  /** Returns whether measuring has ended, so that further fields change nothing. */
  boolean isExhausted() {
    return length == MEASURE_LIMIT;
  }

  /** Makes the message count as too long for any record. */
  void exhaust() {
    length = MEASURE_LIMIT;
  }

  /**
   * Turns the bytes written since {@code lengthBefore} into a length-delimited field.
   *
   * @param lengthBefore value of {@link #length()} before the first byte of the field
   */
  void messageHeader(int tag, int lengthBefore) {
    varint(length - lengthBefore);
    tag(tag);
  }

  void fixed64Field(int tag, long value) {
    fixed64(value);
    tag(tag);
  }

  void fixed64FieldUnlessZero(int tag, long value) {
    if (value != 0) {
      fixed64Field(tag, value);
    }
  }

  void doubleField(int tag, double value) {
    fixed64Field(tag, Double.doubleToRawLongBits(value));
  }

  /**
   * Writes a double unless it is zero; it omits a negative zero too, as the exporters of
   * OpenTelemetry do.
   */
  void doubleFieldUnlessZero(int tag, double value) {
    if (value != 0) {
      doubleField(tag, value);
    }
  }

  void varintField(int tag, long value) {
    varint(value);
    tag(tag);
  }

  void sint32FieldUnlessZero(int tag, int value) {
    if (value != 0) {
      varintField(tag, Integer.toUnsignedLong((value << 1) ^ (value >> 31)));
    }
  }

  /** Writes a text, in which unpaired surrogates become question marks. */
  void stringField(int tag, String value) {
    int lengthBefore = length;
    utf8(value);
    messageHeader(tag, lengthBefore);
  }

  void stringFieldUnlessEmpty(int tag, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      stringField(tag, value);
    }
  }

  /**
   * Writes bytes.
   *
   * @param value buffer that is written from its position to its limit, which do not change
   */
  void bytesField(int tag, ByteBuffer value) {
    int count = value.remaining();
    int index = claim(count);
    if (index != NO_SPACE) {
      buffer.putBytes(index, value, value.position(), count);
    }
    varint(count);
    tag(tag);
  }

  /**
   * Writes bytes that are given as text.
   *
   * @param hex two hexadecimal digits for each byte
   */
  void hexField(int tag, String hex) {
    int count = hex.length() / 2;
    int index = claim(count);
    if (index != NO_SPACE) {
      for (int i = 0; i < count; i++) {
        int high = Character.digit(hex.charAt(2 * i), 16);
        int low = Character.digit(hex.charAt(2 * i + 1), 16);
        buffer.putByte(index + i, (byte) (high << 4 | low));
      }
    }
    varint(count);
    tag(tag);
  }

  void fixed64(long value) {
    int index = claim(Long.BYTES);
    if (index != NO_SPACE) {
      buffer.putLong(index, value, LITTLE_ENDIAN);
    }
  }

  void varint(long value) {
    int index = claim(varintLength(value));
    if (index == NO_SPACE) {
      return;
    }
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      buffer.putByte(index++, (byte) (rest | 0x80));
      rest >>>= 7;
    }
    buffer.putByte(index, (byte) rest);
  }

  /** Writes the values of a packed field, without its header. */
  void packedVarints(List<Long> values) {
    for (int i = values.size() - 1; i >= 0 && !isExhausted(); i--) {
      long value = values.get(i);
      if ((value & ~0x7FL) == 0 && length < capacity) {
        // Most buckets are nearly empty.
        length++;
        buffer.putByte(capacity - length, (byte) value);
      } else {
        varint(value);
      }
    }
  }

  void tag(int tag) {
    int index = claim(OtlpFields.TAG_LENGTH);
    if (index != NO_SPACE) {
      buffer.putByte(index, (byte) tag);
    }
  }

  private void utf8(String text) {
    int chars = text.length();
    if (chars >= MEASURE_LIMIT) {
      exhaust();
    } else if (chars * MAX_UTF8_BYTES_PER_CHAR <= capacity - length
        || utf8Length(text) <= capacity - length) {
      putUtf8(text);
    } else {
      claim(utf8Length(text));
    }
  }

  private void putUtf8(String text) {
    int index = capacity - length;
    for (int i = text.length() - 1; i >= 0; i--) {
      char c = text.charAt(i);
      if (c < 0x80) {
        buffer.putByte(--index, (byte) c);
      } else if (c < 0x800) {
        buffer.putByte(--index, continuation(c));
        buffer.putByte(--index, (byte) (0xC0 | c >> 6));
      } else if (!Character.isSurrogate(c)) {
        buffer.putByte(--index, continuation(c));
        buffer.putByte(--index, continuation(c >> 6));
        buffer.putByte(--index, (byte) (0xE0 | c >> 12));
      } else if (endsSurrogatePair(text, i)) {
        int codePoint = Character.toCodePoint(text.charAt(--i), c);
        buffer.putByte(--index, continuation(codePoint));
        buffer.putByte(--index, continuation(codePoint >> 6));
        buffer.putByte(--index, continuation(codePoint >> 12));
        buffer.putByte(--index, (byte) (0xF0 | codePoint >> 18));
      } else {
        buffer.putByte(--index, REPLACEMENT);
      }
    }
    length = capacity - index;
  }

  /** Returns the length of the text as it is written, in bytes. */
  static int utf8Length(String text) {
    int bytes = 0;
    for (int i = text.length() - 1; i >= 0; i--) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (endsSurrogatePair(text, i)) {
        bytes += 4;
        i--;
      } else {
        bytes++;
      }
    }
    return bytes;
  }

  private static boolean endsSurrogatePair(String text, int index) {
    return index > 0 && Character.isSurrogatePair(text.charAt(index - 1), text.charAt(index));
  }

  private static byte continuation(int bits) {
    return (byte) (0x80 | (bits & 0x3F));
  }

  private int claim(int count) {
    length = count < MEASURE_LIMIT - length ? length + count : MEASURE_LIMIT;
    return length <= capacity ? capacity - length : NO_SPACE;
  }
}
