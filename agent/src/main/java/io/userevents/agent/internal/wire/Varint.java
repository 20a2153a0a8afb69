// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

/** Encodes lengths and tags as protobuf does: 7 bits per byte, lowest bits first. */
final class Varint {

  private static final int PAYLOAD_BITS = 7;
  private static final int MORE = 0x80;

  private Varint() {}

  /** Returns the number of bytes of a non-negative value, 1 to 5. */
  static int size(int value) {
    return (Integer.SIZE - Integer.numberOfLeadingZeros(value | 1) + PAYLOAD_BITS - 1)
        / PAYLOAD_BITS;
  }

  /** Writes a non-negative value and returns the position after it. */
  static int write(int value, byte[] target, int offset) {
    int position = offset;
    int rest = value;
    while (rest >= MORE) {
      target[position++] = (byte) (rest | MORE);
      rest >>>= PAYLOAD_BITS;
    }
    target[position++] = (byte) rest;
    return position;
  }
}
