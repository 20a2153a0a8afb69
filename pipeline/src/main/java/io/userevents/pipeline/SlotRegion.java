// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.memory.NativeRegion;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The off-heap memory of all slots, one after the other, each with room for the longest record.
 *
 * <p>A slot's stride is the longest record rounded up to whole cache lines, and one line more if
 * that would make it a multiple of 4096: at such a stride the first lines of all slots would share
 * the same few sets of the first-level cache.
 */
final class SlotRegion {

  static final int CACHE_LINE_LENGTH = 64;
  private static final int PAGE_LENGTH = 4096;

  private final NativeRegion region;
  private final UnsafeBuffer buffer;
  private final int stride;
  private final int mask;

  /**
   * Allocates and touches the memory.
   *
   * @param slots a power of two
   * @throws IllegalArgumentException if it would be 2 GiB or more
   */
  SlotRegion(int slots, int maxRecordLength) {
    stride = stride(maxRecordLength);
    long length = (long) slots * stride;
    if (length > Integer.MAX_VALUE - PAGE_LENGTH) {
      throw new IllegalArgumentException(
          "the ring's memory must be below 2 GiB: ringSlots="
              + slots
              + " maxRecordLength="
              + maxRecordLength
              + " bytes="
              + length);
    }
    mask = slots - 1;
    region = NativeRegion.allocate((int) length, PAGE_LENGTH);
    buffer = region.buffer();
  }

  static int stride(int maxRecordLength) {
    int lines = BitUtil.align(maxRecordLength, CACHE_LINE_LENGTH);
    return lines % PAGE_LENGTH == 0 ? lines + CACHE_LINE_LENGTH : lines;
  }

  /** Of the record's first byte. */
  int offset(long sequence) {
    return ((int) sequence & mask) * stride;
  }

  DirectBuffer buffer() {
    return buffer;
  }

  void put(long sequence, DirectBuffer source, int offset, int length) {
    buffer.putBytes(offset(sequence), source, offset, length);
  }

  /** Has the view show these bytes of a slot, and nothing else. */
  void view(long sequence, int length, UnsafeBuffer view) {
    view.wrap(region.address() + offset(sequence), length);
  }

  void free() {
    region.free();
  }
}
