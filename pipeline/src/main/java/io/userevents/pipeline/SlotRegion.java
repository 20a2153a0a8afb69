// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.memory.NativeRegion;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;

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
  private final int stride;

  /**
   * Allocates and touches the memory.
   *
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
    region = NativeRegion.allocate((int) length, PAGE_LENGTH);
  }

  static int stride(int maxRecordLength) {
    int lines = BitUtil.align(maxRecordLength, CACHE_LINE_LENGTH);
    return lines % PAGE_LENGTH == 0 ? lines + CACHE_LINE_LENGTH : lines;
  }

  int offsetOf(int slot) {
    return slot * stride;
  }

  DirectBuffer buffer() {
    return region.buffer();
  }

  void put(Slot slot, DirectBuffer source, int offset, int length) {
    region.buffer().putBytes(slot.offset, source, offset, length);
  }

  void free() {
    region.free();
  }
}
