// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Defines the few records of a race. Each has a tag, which is in every byte of it, so that a record
 * that was overwritten or read too early is noticed.
 */
final class Records {

  /** The number of records, a power of two like a ring's slots. */
  static final int COUNT = 4;

  /**
   * The length in bytes, which is more than one load, so that a record can be seen half written.
   */
  static final int LENGTH = 24;

  /** Stands for a tag if the bytes belong to more than one record. */
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
