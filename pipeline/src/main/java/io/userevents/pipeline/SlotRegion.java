// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.memory.MemoryException;
import io.userevents.internal.memory.NativeRegion;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the records of all slots in off-heap memory. The slots lie one after the other, each with
 * room for the longest record.
 *
 * <p>A slot's stride is the longest record rounded up to whole cache lines, and one line more if
 * that would make it a multiple of 4096: at such a stride the first lines of all slots would share
 * the same few sets of the first-level cache.
 */
final class SlotRegion {

  static final int CACHE_LINE_LENGTH = 64;
  private static final int PAGE_LENGTH = 4096;

  private final UnsafeBuffer buffer = new UnsafeBuffer(0L, 0);
  private final int slots;
  private final int maxRecordLength;
  private final int length;
  private final int stride;
  private final int mask;

  /** The memory; null before it is allocated and after it is freed. Only the consumer uses it. */
  private @Nullable NativeRegion region;

  /**
   * Lays out the memory without allocating it.
   *
   * @param slots number of slots, a power of two
   * @throws IllegalArgumentException if the memory would be 2 GiB or more
   */
  SlotRegion(int slots, int maxRecordLength) {
    stride = stride(maxRecordLength);
    long bytes = (long) slots * stride;
    if (bytes > Integer.MAX_VALUE - PAGE_LENGTH) {
      throw new IllegalArgumentException(
          "the ring's memory must be below 2 GiB: ringSlots="
              + slots
              + " maxRecordLength="
              + maxRecordLength
              + " bytes="
              + bytes);
    }
    mask = slots - 1;
    length = (int) bytes;
    this.slots = slots;
    this.maxRecordLength = maxRecordLength;
  }

  /**
   * Allocates the memory, unless it is allocated. Where the kernel maps the memory, pages without a
   * record take none. The caller must ensure that other threads see the memory.
   *
   * @throws MemoryException if the machine has no memory; the message has the sizes and the
   *     settings that they follow from. The method may be called again
   */
  void allocate() throws MemoryException {
    if (region != null) {
      return;
    }
    try {
      NativeRegion allocated = NativeRegion.reserve(length, PAGE_LENGTH);
      buffer.wrap(allocated.address(), length);
      region = allocated;
    } catch (MemoryException e) {
      throw new MemoryException(
          "cannot allocate the ring's memory: ringSlots="
              + slots
              + " maxRecordLength="
              + maxRecordLength
              + ": "
              + e.getMessage()
              + ", or set fewer ringSlots or a shorter maxRecordLength",
          e);
    }
  }

  static int stride(int maxRecordLength) {
    int lines = BitUtil.align(maxRecordLength, CACHE_LINE_LENGTH);
    return lines % PAGE_LENGTH == 0 ? lines + CACHE_LINE_LENGTH : lines;
  }

  /** Returns the offset of the record's first byte. */
  int offset(long sequence) {
    return ((int) sequence & mask) * stride;
  }

  /**
   * Returns the memory. It is the same object before and after the allocation; its bounds are those
   * of the memory.
   */
  DirectBuffer buffer() {
    return buffer;
  }

  void put(long sequence, DirectBuffer source, int offset, int length) {
    buffer.putBytes(offset(sequence), source, offset, length);
  }

  /** Makes the view show these bytes of a slot only. */
  void view(long sequence, int length, UnsafeBuffer view) {
    view.wrap(buffer.addressOffset() + offset(sequence), length);
  }

  /** Frees the memory, if there is any. */
  void free() {
    NativeRegion allocated = region;
    if (allocated != null) {
      region = null;
      // A late access now fails its bounds check instead of reaching freed memory.
      buffer.wrap(0L, 0);
      allocated.free();
    }
  }
}
