// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes protobuf fields forwards, where the length of everything is known before. Each method
 * returns the index behind what it wrote.
 */
final class ProtoFields {

  /** Of a field with a tag of one byte, in bytes. */
  static final int FIXED64_FIELD_LENGTH = OtlpFields.TAG_LENGTH + Long.BYTES;

  private ProtoFields() {}

  /** Length in bytes of the field, if it is written. */
  static int fixed64LengthUnlessZero(long value) {
    return value == 0 ? 0 : FIXED64_FIELD_LENGTH;
  }

  /** Length in bytes of a length-delimited field, header included. */
  static int framedLength(int bodyLength) {
    return OtlpFields.TAG_LENGTH + ProtoWriter.varintLength(bodyLength) + bodyLength;
  }

  /** The tag and length of a length-delimited field. */
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
