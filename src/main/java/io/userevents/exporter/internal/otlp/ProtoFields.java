// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes protobuf fields forwards, where all lengths are known before. Each method that writes
 * returns the index behind its bytes.
 */
final class ProtoFields {

  /** The length of a field with a tag of one byte, in bytes. */
  static final int FIXED64_FIELD_LENGTH = OtlpFields.TAG_LENGTH + Long.BYTES;

  private ProtoFields() {}

  /** Returns the length of the field in bytes, which is 0 if it is not written. */
  static int fixed64LengthUnlessZero(long value) {
    return value == 0 ? 0 : FIXED64_FIELD_LENGTH;
  }

  /** Returns the length of a length-delimited field in bytes, including its header. */
  static int framedLength(int bodyLength) {
    return OtlpFields.TAG_LENGTH + ProtoWriter.varintLength(bodyLength) + bodyLength;
  }

  /** Writes the tag and length of a length-delimited field. */
  static int putHeader(UnsafeBuffer buffer, int index, int tag, int bodyLength) {
    buffer.putByte(index, (byte) tag);
    int next = index + OtlpFields.TAG_LENGTH;
    int rest = bodyLength;
    while ((rest & ~0x7F) != 0) {
      buffer.putByte(next++, (byte) (rest | 0x80));
      rest >>>= 7;
    }
    buffer.putByte(next, (byte) rest);
    return next + 1;
  }

  static int putFixed64(UnsafeBuffer buffer, int index, int tag, long value) {
    buffer.putByte(index, (byte) tag);
    buffer.putLong(index + OtlpFields.TAG_LENGTH, value, LITTLE_ENDIAN);
    return index + FIXED64_FIELD_LENGTH;
  }

  static int putFixed64UnlessZero(UnsafeBuffer buffer, int index, int tag, long value) {
    return value == 0 ? index : putFixed64(buffer, index, tag, value);
  }

  static int putDouble(UnsafeBuffer buffer, int index, int tag, double value) {
    return putFixed64(buffer, index, tag, Double.doubleToRawLongBits(value));
  }
}
