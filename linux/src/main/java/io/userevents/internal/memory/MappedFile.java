// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.memory;

import io.userevents.internal.syscall.Syscalls;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A piece of kernel memory that a descriptor gives access to, such as a ring that the kernel writes
 * to.
 *
 * <p>The creator owns the memory and calls {@link #unmap()} when no code uses it any more. Memory
 * that is never unmapped stays for the life of the process. The descriptor may be closed before.
 *
 * <p>This class is not thread-safe: the owner ensures that no thread uses the memory when it is
 * unmapped.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class MappedFile {

  private final Syscalls calls;
  private final long address;
  private final UnsafeBuffer buffer;
  private boolean unmapped;

  private MappedFile(Syscalls calls, long address, int length) {
    this.calls = calls;
    this.address = address;
    buffer = new UnsafeBuffer(address, length);
  }

  /**
   * Wraps memory that {@link Syscalls#mmap} has returned, and becomes its owner.
   *
   * @param calls the system calls that unmap the memory
   * @param address address of the first byte
   * @param length length in bytes
   * @return the owner of the memory
   */
  public static MappedFile of(Syscalls calls, long address, int length) {
    boolean isOwned = false;
    try {
      MappedFile mapped = new MappedFile(calls, address, length);
      isOwned = true;
      return mapped;
    } finally {
      // If the heap is full, there is no owner.
      if (!isOwned) {
        int unused = calls.munmap(address, length);
      }
    }
  }

  /** {@return the length of this machine's pages in bytes} */
  public static int pageLength() {
    return Syscalls.pageLength();
  }

  /**
   * {@return the memory} Its bounds are those of the mapping; after {@link #unmap()} it is empty.
   */
  public UnsafeBuffer buffer() {
    return buffer;
  }

  /** Unmaps the memory. A second call does nothing. */
  public void unmap() {
    if (!unmapped) {
      unmapped = true;
      int length = buffer.capacity();
      // A late access by the owner now fails its bounds check instead of ending the process.
      buffer.wrap(0L, 0);
      // The call fails only for an address without a mapping.
      int unused = calls.munmap(address, length);
    }
  }
}
