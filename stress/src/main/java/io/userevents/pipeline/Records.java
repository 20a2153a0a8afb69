// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The few records that a race is about. Each has a tag, and every byte of it says so, so that a
 * record that was overwritten or read too early is noticed.
 */
final class Records {

  /** A power of two, as a ring's slots are. */
  static final int COUNT = 4;

  /** In bytes: more than one load, so that a record can be seen half written. */
  static final int LENGTH = 24;

  /** Stands for a tag where the bytes are of no one record. */
  static final int TORN = -1;

  private static final int FIRST_BYTE = 'A';
  private static final DirectBuffer[] RECORDS = records();

  private Records() {}

  static DirectBuffer record(int tag) {
    return RECORDS[tag];
  }

  static void put(int tag, MutableDirectBuffer target, int offset) {
    target.setMemory(offset, LENGTH, (byte) (FIRST_BYTE + tag));
  }

  static int tagOf(DirectBuffer source, int offset) {
    byte first = source.getByte(offset);
    int tag = first - FIRST_BYTE;
    if (tag < 0 || tag >= COUNT) {
      return TORN;
    }
    for (int i = 1; i < LENGTH; i++) {
      if (source.getByte(offset + i) != first) {
        return TORN;
      }
    }
    return tag;
  }

  private static DirectBuffer[] records() {
    DirectBuffer[] records = new DirectBuffer[COUNT];
    for (int tag = 0; tag < COUNT; tag++) {
      UnsafeBuffer record = new UnsafeBuffer(new byte[LENGTH]);
      put(tag, record, 0);
      records[tag] = record;
    }
    return records;
  }
}
