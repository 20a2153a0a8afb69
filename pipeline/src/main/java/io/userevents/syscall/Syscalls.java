// SPDX-License-Identifier: Apache-2.0
package io.userevents.syscall;

/**
 * Linux system calls. Each returns what the kernel returns: a result of zero or more, or the
 * negated number of an {@link Errno}.
 *
 * <p>Implementations are thread-safe and allocate nothing in calls that take numbers only.
 * Addresses are handed to the kernel as they are: the caller owns the memory and keeps it reachable
 * during the call.
 */
public interface Syscalls {

  /** Opens read-only ({@code asm-generic/fcntl.h}). */
  int O_RDONLY = 0;

  /** Opens write-only ({@code asm-generic/fcntl.h}). */
  int O_WRONLY = 1;

  /** Never blocks ({@code asm-generic/fcntl.h}; the same on x86-64 and aarch64). */
  int O_NONBLOCK = 0x800;

  /** Closes the descriptor in programs that this process starts ({@code asm-generic/fcntl.h}). */
  int O_CLOEXEC = 0x80000;

  /** {@code POLLIN} of {@code asm-generic/poll.h}: there is something to read. */
  short POLLIN = 1;

  /**
   * {@code open(2)}.
   *
   * @return the file descriptor, or a negated errno
   */
  int open(String path, int flags);

  /** {@code close(2)}. */
  int close(int fd);

  /** {@code ioctl(2)} with one argument, usually an address. */
  int ioctl(int fd, long request, long argument);

  /**
   * {@code writev(2)}.
   *
   * @param iovecs address of {@code count} entries of {@code struct iovec}: u64 address, u64 length
   * @return the number of bytes written, or a negated errno
   */
  long writev(int fd, long iovecs, int count);

  /**
   * {@code read(2)}.
   *
   * @return the number of bytes read, 0 at the end, or a negated errno
   */
  long read(int fd, long address, long length);

  /**
   * {@code poll(2)}.
   *
   * @param pollfds address of {@code count} entries of {@code struct pollfd}: i32 fd, i16 events,
   *     i16 revents
   * @param timeoutMs in milliseconds; negative waits without bound
   * @return how many entries have events, or a negated errno
   */
  int poll(long pollfds, int count, int timeoutMs);

  /**
   * The system calls of this machine.
   *
   * @throws UnsupportedOperationException if this is not a 64-bit Linux, or the native library that
   *     makes the calls cannot be loaded; the message says what was found
   */
  static Syscalls ofThisMachine() {
    return JnaSyscalls.instance();
  }
}
