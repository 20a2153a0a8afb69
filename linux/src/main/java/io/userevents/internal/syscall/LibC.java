// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import com.sun.jna.Native;

/**
 * Binds functions of libc by JNA direct mapping. Parameters are primitive, so a call needs no
 * reflection and allocates nothing.
 *
 * <p>Direct mapping has no varargs. {@code open}, {@code ioctl}, {@code fcntl} and {@code syscall}
 * are variadic in C; with fixed parameters they are called in the same way on Linux x86-64 and
 * aarch64. {@code off_t} and {@code size_t} have 64 bits there.
 */
final class LibC {

  static {
    Native.register(LibC.class, "c");
  }

  private LibC() {}

  static native int getpagesize();

  static native int open(byte[] path, int flags);

  static native int close(int fd);

  static native int ioctl(int fd, long request, long argument);

  static native int fcntl(int fd, int command, long argument);

  static native long writev(int fd, long iovecs, int count);

  static native long read(int fd, long address, long length);

  static native long write(int fd, long address, long length);

  static native int mkdir(byte[] path, int mode);

  static native int rmdir(byte[] path);

  static native int eventfd(int initial, int flags);

  static native long syscall(long number, long a, long b, long c, long d, long e);

  static native int poll(long pollfds, long count, int timeoutMs);

  static native int sched_setaffinity(int tid, long length, long mask);

  static native int sched_getaffinity(int tid, long length, long mask);

  static native long mmap(
      long address, long length, int protection, int flags, int fd, long offset);

  static native int madvise(long address, long length, int advice);

  static native int munmap(long address, long length);
}
