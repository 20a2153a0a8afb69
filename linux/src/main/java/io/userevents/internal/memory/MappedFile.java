// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.memory;

import io.userevents.internal.syscall.Syscalls;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Memory of the kernel that a descriptor gives access to, such as a ring that the kernel writes to.
 *
 * <p>The creator owns it and calls {@link #unmap()} when nobody uses it any more; one that is never
 * unmapped lasts as long as the process. The descriptor may be closed before.
 *
 * <p>Not thread-safe: the owner sees to it that nobody uses the memory when it is unmapped.
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
   * Wraps what {@link Syscalls#mmap} has returned, which becomes this object's.
   *
   * @param address of the first byte
   * @param length in bytes
   */
  public static MappedFile of(Syscalls calls, long address, int length) {
    boolean isOwned = false;
    try {
      MappedFile mapped = new MappedFile(calls, address, length);
      isOwned = true;
      return mapped;
    } finally {
      // Without heap nobody would own it.
      if (!isOwned) {
        int unused = calls.munmap(address, length);
      }
    }
  }

  /** Length in bytes of this machine's pages. */
  public static int pageLength() {
    return Syscalls.pageLength();
  }

  /** The memory. Its bounds are those of the mapping; after {@link #unmap()} it has none. */
  public UnsafeBuffer buffer() {
    return buffer;
  }

  /** Gives the memory back. A second call does nothing. */
  public void unmap() {
    if (!unmapped) {
      unmapped = true;
      int length = buffer.capacity();
      // A late access by the owner now fails its bounds check instead of ending the process.
      buffer.wrap(0L, 0);
      // It fails only for an address that is no mapping's.
      int unused = calls.munmap(address, length);
    }
  }
}
