// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

/** Lengths and tags as protobuf writes them: 7 bits a byte, the lowest first. */
final class Varint {

  private static final int PAYLOAD_BITS = 7;
  private static final int MORE = 0x80;

  private Varint() {}

  /** Bytes that a value that is not negative takes, 1 to 5. */
  static int size(int value) {
    return (Integer.SIZE - Integer.numberOfLeadingZeros(value | 1) + PAYLOAD_BITS - 1)
        / PAYLOAD_BITS;
  }

  /** Writes a value that is not negative, and returns the position behind it. */
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
