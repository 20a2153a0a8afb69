// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.memory;

import io.userevents.internal.syscall.Syscalls;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Maps anonymous memory of the kernel on demand, and unmaps it once. The owner has it unmapped;
 * when the owner has become unreachable, the next one that maps some does. A {@link
 * java.lang.ref.Cleaner} would do it sooner, at the price of a thread. Any thread.
 */
final class Mappings {

  /** Linux has none smaller on x86-64 and aarch64. */
  static final int MIN_PAGE_LENGTH = 4096;

  private static final int PROTECTION = Syscalls.PROT_READ | Syscalls.PROT_WRITE;
  private static final int FLAGS =
      Syscalls.MAP_PRIVATE | Syscalls.MAP_ANONYMOUS | Syscalls.MAP_NORESERVE;
  private static final int NO_FILE = -1;

  private static final ReferenceQueue<Object> UNREACHABLE = new ReferenceQueue<>();

  /** What is mapped. Keeps the references, not the owners. */
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

    /** Unmaps it, the first time. */
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
   * takes that page, not a huge one.
   */
  static long map(Syscalls calls, int length) {
    unmapUnreachable();
    long address = calls.mmap(0, length, PROTECTION, FLAGS, NO_FILE, 0);
    if (address >= 0) {
      // A failure is ignored: it is EINVAL on a kernel that has no huge pages, and elsewhere the
      // memory is as usable, only the first access to it may take 2 MiB.
      int unused = calls.madvise(address, length, Syscalls.MADV_NOHUGEPAGE);
    }
    return address;
  }

  /**
   * Makes the mapping the owner's.
   *
   * @return unmaps it, the first time that it is run
   */
  static Runnable owned(Object owner, Syscalls calls, long address, int length) {
    boolean owned = false;
    try {
      Mapping mapping = new Mapping(owner, calls, address, length);
      MAPPED.add(mapping);
      owned = true;
      return mapping;
    } finally {
      // Without heap nobody would own it.
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
    // It fails only for an address that is no mapping's (munmap(2)), and there are none here.
    int unused = calls.munmap(address, length);
  }
}
