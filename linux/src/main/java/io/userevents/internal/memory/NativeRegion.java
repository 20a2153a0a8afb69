// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.memory;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import java.nio.ByteBuffer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An aligned, zeroed piece of off-heap memory that never moves.
 *
 * <p>The creator owns it. {@link #free()} releases it at once. A region that is never freed is
 * released after it has become unreachable; a {@linkplain #reserve reserved} one is released when
 * the next region is reserved. So a region whose address the kernel knows must be kept reachable
 * until the kernel has forgotten the address.
 *
 * <p>This class is not thread-safe: the owner ensures that no thread uses the memory when it is
 * freed.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class NativeRegion {

  private final UnsafeBuffer buffer;
  private final long address;
  private final Runnable release;
  private boolean freed;

  private NativeRegion(ByteBuffer memory, int length, int alignment) {
    long start = BufferUtil.address(memory);
    int padding = (int) (BitUtil.align(start, (long) alignment) - start);
    buffer = new UnsafeBuffer(memory, padding, length);
    address = start + padding;
    release = () -> BufferUtil.free(memory);
  }

  private NativeRegion(
      Syscalls calls, long address, int length, LongFunction<UnsafeBuffer> buffers) {
    this.address = address;
    release = Mappings.owned(this, calls, address, length);
    boolean complete = false;
    try {
      buffer = buffers.apply(address);
      complete = true;
    } finally {
      // The heap may be full, for example.
      if (!complete) {
        release.run();
      }
    }
  }

  /**
   * Allocates a region and touches all of it, so that no later access pays for a page fault.
   *
   * @param length length in bytes, at least 1
   * @param alignment alignment of the first byte, a power of two
   * @return the region
   * @throws IllegalArgumentException if either is out of range
   * @throws OutOfMemoryError if the JVM's limit for direct memory is reached
   */
  public static NativeRegion allocate(int length, int alignment) {
    requireSizes(length, alignment);
    return new NativeRegion(ByteBuffer.allocateDirect(length + alignment - 1), length, alignment);
  }

  /**
   * Maps a region whose pages take no memory before they are used; the first access to each page
   * causes a page fault. The JVM's limit for direct memory does not apply. On a machine whose
   * system calls are not available, the region is {@linkplain #allocate allocated}.
   *
   * @param length length in bytes, at least 1
   * @param alignment alignment of the first byte, a power of two, at most 4096
   * @return the region
   * @throws IllegalArgumentException if either is out of range
   * @throws MemoryException if there is no memory; the message names the limit that was reached
   */
  public static NativeRegion reserve(int length, int alignment) throws MemoryException {
    return reserve(length, alignment, Syscalls::ofThisMachine);
  }

  /** Does the same as {@link #reserve(int, int)}, with the given system calls. */
  static NativeRegion reserve(int length, int alignment, Supplier<Syscalls> syscalls)
      throws MemoryException {
    return reserve(length, alignment, syscalls, address -> new UnsafeBuffer(address, length));
  }

  /** Does the same as {@link #reserve(int, int)}; {@code buffers} wraps an address in a buffer. */
  static NativeRegion reserve(
      int length, int alignment, Supplier<Syscalls> syscalls, LongFunction<UnsafeBuffer> buffers)
      throws MemoryException {
    requireSizes(length, alignment);
    if (alignment > Mappings.MIN_PAGE_LENGTH) {
      throw new IllegalArgumentException(
          "alignment must be at most a page: alignment="
              + alignment
              + " page="
              + Mappings.MIN_PAGE_LENGTH);
    }
    try {
      return map(length, syscalls.get(), buffers);
    } catch (UnsupportedOperationException e) {
      return allocateOrSay(length, alignment);
    }
  }

  private static NativeRegion map(int length, Syscalls calls, LongFunction<UnsafeBuffer> buffers)
      throws MemoryException {
    try {
      long mapped = Mappings.map(calls, length);
      if (mapped >= 0) {
        return new NativeRegion(calls, mapped, length, buffers);
      }
      if (Errno.ENOSYS.is(mapped)) {
        throw new UnsupportedOperationException("mmap");
      }
      throw new MemoryException(
          "call=mmap bytes="
              + length
              + " errno="
              + Errno.describe((int) -mapped)
              + "; allow the process more address space (ulimit -v, vm.overcommit_memory,"
              + " vm.max_map_count)",
          null);
    } catch (OutOfMemoryError e) {
      throw new MemoryException(
          "memory of the JVM while bytes=" + length + " were mapped: " + e.getMessage(), e);
    }
  }

  private static NativeRegion allocateOrSay(int length, int alignment) throws MemoryException {
    try {
      return allocate(length, alignment);
    } catch (OutOfMemoryError e) {
      throw new MemoryException(
          "direct memory of the JVM, bytes="
              + length
              + ": "
              + e.getMessage()
              + "; raise -XX:MaxDirectMemorySize",
          e);
    }
  }

  /**
   * {@return the whole region} Its bounds are those of the region; after {@link #free()} it is
   * empty.
   */
  public UnsafeBuffer buffer() {
    return buffer;
  }

  /**
   * {@return the address of the first byte} It is valid until {@link #free()}, while this object is
   * reachable.
   */
  public long address() {
    if (freed) {
      throw new IllegalStateException("the region is freed");
    }
    return address;
  }

  /** {@return the length in bytes} */
  public int length() {
    return buffer.capacity();
  }

  /** Releases the memory. A second call does nothing. */
  public void free() {
    if (!freed) {
      freed = true;
      // A late access by the owner now fails its bounds check instead of reaching freed memory.
      buffer.wrap(0L, 0);
      release.run();
    }
  }

  private static void requireSizes(int length, int alignment) {
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
  }
}
