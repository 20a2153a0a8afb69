// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.memory;

import io.userevents.internal.syscall.Syscalls;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Maps anonymous memory of the kernel on demand, and unmaps it once. The owner unmaps it. If the
 * owner has become unreachable, the next owner that maps memory does so. A {@link
 * java.lang.ref.Cleaner} would be faster, but it needs a thread. Any thread may call the methods.
 */
final class Mappings {

  /** The length of the smallest pages that Linux has on x86-64 and aarch64, in bytes. */
  static final int MIN_PAGE_LENGTH = 4096;

  private static final int PROTECTION = Syscalls.PROT_READ | Syscalls.PROT_WRITE;
  private static final int FLAGS =
      Syscalls.MAP_PRIVATE | Syscalls.MAP_ANONYMOUS | Syscalls.MAP_NORESERVE;
  private static final int NO_FILE = -1;

  private static final ReferenceQueue<Object> UNREACHABLE = new ReferenceQueue<>();

  /** The mappings. The set keeps the references reachable, not the owners. */
  private static final Set<Mapping> MAPPED = ConcurrentHashMap.newKeySet();

  /** The memory of one owner. */
  private static final class Mapping extends PhantomReference<Object> implements Runnable {
    private final Syscalls calls;
    private final long address;
    private final int length;

    Mapping(Object owner, Syscalls calls, long address, int length) {
      super(owner, UNREACHABLE);
      this.calls = calls;
      this.address = address;
      this.length = length;
    }

    /** Unmaps the memory on the first call. */
    @Override
    public void run() {
      if (MAPPED.remove(this)) {
        unmap(calls, address, length);
      }
    }
  }

  private Mappings() {}

  /**
   * Returns the address of this many zeroed bytes, or a negated errno. The first access to a page
   * takes memory for that page only, never for a huge page.
   */
  static long map(Syscalls calls, int length) {
    unmapUnreachable();
    long address = calls.mmap(0, length, PROTECTION, FLAGS, NO_FILE, 0);
    if (address >= 0) {
      // A failure is ignored. On a kernel without huge pages it is EINVAL; on others the memory
      // is just as usable, but the first access to it may take 2 MiB.
      int unused = calls.madvise(address, length, Syscalls.MADV_NOHUGEPAGE);
    }
    return address;
  }

  /**
   * Gives the mapping to an owner.
   *
   * @return a task that unmaps the memory the first time that it runs
   */
  static Runnable owned(Object owner, Syscalls calls, long address, int length) {
    boolean owned = false;
    try {
      Mapping mapping = new Mapping(owner, calls, address, length);
      MAPPED.add(mapping);
      owned = true;
      return mapping;
    } finally {
      // If the heap is full, there is no owner.
      if (!owned) {
        unmap(calls, address, length);
      }
    }
  }

  private static void unmapUnreachable() {
    Reference<?> unreachable;
    while ((unreachable = UNREACHABLE.poll()) != null) {
      if (unreachable instanceof Mapping mapping) {
        mapping.run();
      }
    }
  }

  private static void unmap(Syscalls calls, long address, int length) {
    // The call fails only for an address without a mapping (munmap(2)), and this class has none.
    int unused = calls.munmap(address, length);
  }
}
