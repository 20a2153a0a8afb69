// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/**
 * Makes system calls through functions of libc that {@code java.lang.foreign} links.
 *
 * <p>The linker copies errno to a segment of the calling thread, because the JVM may change errno
 * before Java code runs again. Addresses are passed as integers: x86-64 and aarch64 pass both in
 * the same registers. No function is linked as {@linkplain Linker.Option#critical critical},
 * because such a call holds up garbage collection until it returns. {@code writev} to {@code
 * user_events_data} may sleep, because it takes page faults on the caller's memory ({@code
 * user_events_write_core} in {@code kernel/trace/trace_events_user.c}, Linux 6.12). {@code ioctl}
 * and {@code close} of that file wait for the mutex of its group ({@code user_events_ioctl}, {@code
 * user_events_release}). {@code mkdir} and {@code rmdir} of a trace instance wait for a mutex of
 * the kernel ({@code instance_mkdir} in {@code kernel/trace/trace.c}). {@code poll}, {@code read}
 * and {@code write} may wait for other threads. The others are made only at set-up and at the end,
 * where a faster call would gain nothing.
 */
final class ForeignSyscalls implements Syscalls {

  /** The result of libc's mmap when it fails ({@code sys/mman.h}). */
  private static final long MAP_FAILED = -1;

  /**
   * The segments for errno. The garbage collector frees one some time after its thread has ended.
   */
  private static final ThreadLocal<MemorySegment> CAPTURE = new ThreadLocal<>();

  private static final ForeignSyscalls INSTANCE = new ForeignSyscalls();

  private ForeignSyscalls() {}

  /**
   * Returns the only instance.
   *
   * @throws UnsupportedOperationException if this is not a 64-bit Linux, or native access is denied
   */
  static Syscalls instance() {
    LinuxPlatform.require();
    try {
      // The first call links the functions, so a failure is seen only here.
      if (INSTANCE.close(-1) != -Errno.EBADF.number()) {
        throw new UnsupportedOperationException(
            "close(-1) of libc did not fail with EBADF: " + LinuxPlatform.found());
      }
      return INSTANCE;
    } catch (UnsupportedOperationException e) {
      throw e;
    } catch (LinkageError | RuntimeException e) {
      throw refused(e);
    }
  }

  @Override
  public String facility() {
    return "java.lang.foreign";
  }

  @Override
  public int getpagesize() {
    MemorySegment captured = captured();
    try {
      return result((int) ForeignLibC.GETPAGESIZE.invokeExact(captured), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int open(String path, int flags) {
    MemorySegment captured = captured();
    try (Arena arena = Arena.ofConfined()) {
      return result(
          (int) ForeignLibC.OPEN.invokeExact(captured, arena.allocateFrom(path), flags), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int close(int fd) {
    MemorySegment captured = captured();
    try {
      return result((int) ForeignLibC.CLOSE.invokeExact(captured, fd), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int ioctl(int fd, long request, long argument) {
    MemorySegment captured = captured();
    try {
      return result((int) ForeignLibC.IOCTL.invokeExact(captured, fd, request, argument), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int fcntl(int fd, int command, long argument) {
    MemorySegment captured = captured();
    try {
      return result((int) ForeignLibC.FCNTL.invokeExact(captured, fd, command, argument), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public long writev(int fd, long iovecs, int count) {
    MemorySegment captured = captured();
    try {
      return result((long) ForeignLibC.WRITEV.invokeExact(captured, fd, iovecs, count), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public long read(int fd, long address, long length) {
    MemorySegment captured = captured();
    try {
      return result((long) ForeignLibC.READ.invokeExact(captured, fd, address, length), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public long write(int fd, long address, long length) {
    MemorySegment captured = captured();
    try {
      return result((long) ForeignLibC.WRITE.invokeExact(captured, fd, address, length), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int mkdir(String path, int mode) {
    MemorySegment captured = captured();
    try (Arena arena = Arena.ofConfined()) {
      return result(
          (int) ForeignLibC.MKDIR.invokeExact(captured, arena.allocateFrom(path), mode), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int rmdir(String path) {
    MemorySegment captured = captured();
    try (Arena arena = Arena.ofConfined()) {
      return result(
          (int) ForeignLibC.RMDIR.invokeExact(captured, arena.allocateFrom(path)), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int eventfd(int initial, int flags) {
    MemorySegment captured = captured();
    try {
      return result((int) ForeignLibC.EVENTFD.invokeExact(captured, initial, flags), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int perfEventOpen(long attr, int pid, int cpu, int groupFd, long flags) {
    if (LinuxPlatform.PERF_EVENT_OPEN == LinuxPlatform.UNKNOWN) {
      return -Errno.ENOSYS.number();
    }
    MemorySegment captured = captured();
    try {
      long opened =
          (long)
              ForeignLibC.SYSCALL.invokeExact(
                  captured,
                  LinuxPlatform.PERF_EVENT_OPEN,
                  attr,
                  (long) pid,
                  (long) cpu,
                  (long) groupFd,
                  flags);
      return result((int) opened, captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int poll(long pollfds, int count, int timeoutMs) {
    MemorySegment captured = captured();
    try {
      return result(
          (int) ForeignLibC.POLL.invokeExact(captured, pollfds, (long) count, timeoutMs), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int schedSetAffinity(int tid, long length, long mask) {
    MemorySegment captured = captured();
    try {
      return result(
          (int) ForeignLibC.SCHED_SETAFFINITY.invokeExact(captured, tid, length, mask), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int schedGetAffinity(int tid, long length, long mask) {
    MemorySegment captured = captured();
    try {
      return result(
          (int) ForeignLibC.SCHED_GETAFFINITY.invokeExact(captured, tid, length, mask), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public long mmap(long address, long length, int protection, int flags, int fd, long offset) {
    MemorySegment captured = captured();
    try {
      long mapped =
          (long)
              ForeignLibC.MMAP.invokeExact(
                  captured, address, length, protection, flags, fd, offset);
      return mapped == MAP_FAILED ? -errno(captured) : mapped;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int madvise(long address, long length, int advice) {
    MemorySegment captured = captured();
    try {
      return result(
          (int) ForeignLibC.MADVISE.invokeExact(captured, address, length, advice), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public int munmap(long address, long length) {
    MemorySegment captured = captured();
    try {
      return result((int) ForeignLibC.MUNMAP.invokeExact(captured, address, length), captured);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static MemorySegment captured() {
    MemorySegment captured = CAPTURE.get();
    if (captured == null) {
      captured = Arena.ofAuto().allocate(ForeignLibC.CAPTURED);
      CAPTURE.set(captured);
    }
    return captured;
  }

  private static int result(int result, MemorySegment captured) {
    return result < 0 ? -errno(captured) : result;
  }

  private static long result(long result, MemorySegment captured) {
    return result < 0 ? -errno(captured) : result;
  }

  private static int errno(MemorySegment captured) {
    return (int) ForeignLibC.ERRNO.get(captured, 0L);
  }

  private static UnsupportedOperationException refused(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String module = ForeignSyscalls.class.getModule().getName();
    return new UnsupportedOperationException(
        "java.lang.foreign cannot be used: cause="
            + root
            + "; start the JVM with --enable-native-access="
            + (module == null ? "ALL-UNNAMED" : module),
        failure);
  }

  /**
   * Returns the exception for an error of the JVM, such as no memory or no stack; a linked function
   * throws nothing.
   */
  private static RuntimeException unexpected(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    return new IllegalStateException(thrown);
  }
}
