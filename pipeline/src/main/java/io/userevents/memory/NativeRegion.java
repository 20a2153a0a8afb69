// SPDX-License-Identifier: Apache-2.0
package io.userevents.memory;

import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An aligned, zeroed piece of off-heap memory that never moves.
 *
 * <p>The creator owns it. {@link #free()} releases it at once; a region that is never freed is
 * released when it becomes unreachable, so a region whose address the kernel knows has to be kept
 * reachable until the kernel has let go of it.
 *
 * <p>Not thread-safe: the owner sees to it that nobody uses the memory when it is freed.
 */
public final class NativeRegion {

  private final ByteBuffer memory;
  private final UnsafeBuffer buffer;
  private final long address;
  private boolean freed;

  private NativeRegion(int length, int alignment) {
    // Zeroing touches every page, so that no later access pays for a page fault.
    memory = ByteBuffer.allocateDirect(length + alignment - 1);
    long start = BufferUtil.address(memory);
    int padding = (int) (BitUtil.align(start, (long) alignment) - start);
    buffer = new UnsafeBuffer(memory, padding, length);
    address = start + padding;
  }

  /**
   * Allocates a region.
   *
   * @param length in bytes, at least 1
   * @param alignment of the first byte, a power of two
   * @throws IllegalArgumentException if either is out of range
   * @throws OutOfMemoryError if the JVM's limit for direct memory is reached
   */
  public static NativeRegion allocate(int length, int alignment) {
    if (length < 1) {
      throw new IllegalArgumentException("length must be at least 1: length=" + length);
    }
    if (!BitUtil.isPowerOfTwo(alignment)) {
      throw new IllegalArgumentException(
          "alignment must be a power of two: alignment=" + alignment);
    }
    if (length > Integer.MAX_VALUE - alignment) {
      throw new IllegalArgumentException(
          "length with alignment must be below 2 GiB: length="
              + length
              + " alignment="
              + alignment);
    }
    return new NativeRegion(length, alignment);
  }

  /** The whole region. Its bounds are the region's; after {@link #free()} it has none. */
  public UnsafeBuffer buffer() {
    return buffer;
  }

  /** Address of the first byte. Valid until {@link #free()}, while this object is reachable. */
  public long address() {
    if (freed) {
      throw new IllegalStateException("the region is freed");
    }
    return address;
  }

  /** Length in bytes. */
  public int length() {
    return buffer.capacity();
  }

  /** Releases the memory. A second call does nothing. */
  public void free() {
    if (!freed) {
      freed = true;
      // A late access by the owner now fails its bounds check instead of reaching freed memory.
      buffer.wrap(0L, 0);
      BufferUtil.free(memory);
    }
  }
}
