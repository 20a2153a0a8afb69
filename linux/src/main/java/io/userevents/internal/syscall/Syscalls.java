// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

/**
 * Makes Linux system calls. Each returns what the kernel returns: a result of zero or more, or the
 * negated number of an {@link Errno}.
 *
 * <p>Implementations are thread-safe and allocate nothing in calls that take numbers only.
 * Addresses are handed to the kernel as they are: the caller owns the memory and keeps it reachable
 * during the call.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public interface Syscalls {

  /** Opens read-only ({@code asm-generic/fcntl.h}). */
  int O_RDONLY = 0;

  /** Opens write-only ({@code asm-generic/fcntl.h}). */
  int O_WRONLY = 1;

  /** The bits of a descriptor's flags that say how it was opened ({@code asm-generic/fcntl.h}). */
  int O_ACCMODE = 3;

  /** Asks for the flags that a descriptor was opened with ({@code asm-generic/fcntl.h}). */
  int F_GETFL = 3;

  /** Empties the file ({@code asm-generic/fcntl.h}; the same on x86-64 and aarch64). */
  int O_TRUNC = 0x200;

  /** Never blocks ({@code asm-generic/fcntl.h}; the same on x86-64 and aarch64). */
  int O_NONBLOCK = 0x800;

  /** Closes the descriptor in programs that this process starts ({@code asm-generic/fcntl.h}). */
  int O_CLOEXEC = 0x80000;

  /** Memory that is read ({@code asm-generic/mman-common.h}). */
  int PROT_READ = 1;

  /** Memory that is written ({@code asm-generic/mman-common.h}). */
  int PROT_WRITE = 2;

  /** Memory of this process alone ({@code linux/mman.h}). */
  int MAP_PRIVATE = 2;

  /** Memory without a file ({@code asm-generic/mman-common.h}). */
  int MAP_ANONYMOUS = 0x20;

  /**
   * Memory that is not accounted for before it is used ({@code asm-generic/mman.h}; the same on
   * x86-64 and aarch64).
   */
  int MAP_NORESERVE = 0x4000;

  /** No transparent huge pages for this memory ({@code asm-generic/mman-common.h}). */
  int MADV_NOHUGEPAGE = 15;

  /** Memory that others see too: a file's, a kernel buffer's ({@code linux/mman.h}). */
  int MAP_SHARED = 1;

  /** {@code POLLIN} of {@code asm-generic/poll.h}: there are data to read. */
  short POLLIN = 1;

  /** {@code POLLERR} of {@code asm-generic/poll.h}. */
  short POLLERR = 8;

  /** {@code POLLHUP} of {@code asm-generic/poll.h}. */
  short POLLHUP = 0x10;

  /** {@code POLLNVAL} of {@code asm-generic/poll.h}: the descriptor is not open. */
  short POLLNVAL = 0x20;

  /** Closes the descriptor on exec ({@code linux/perf_event.h}). */
  long PERF_FLAG_FD_CLOEXEC = 8;

  /**
   * {@code open(2)}.
   *
   * @param path path of the file
   * @param flags bits such as {@link #O_RDONLY}
   * @return the file descriptor, or a negated errno
   */
  int open(String path, int flags);

  /**
   * {@code close(2)}.
   *
   * @param fd the descriptor
   * @return 0, or a negated errno
   */
  int close(int fd);

  /**
   * {@code ioctl(2)} with one argument, usually an address.
   *
   * @param fd the descriptor
   * @param request number of the request
   * @param argument the argument
   * @return a result of zero or more, or a negated errno
   */
  int ioctl(int fd, long request, long argument);

  /**
   * {@code fcntl(2)} with a number as its argument.
   *
   * @param fd the descriptor
   * @param command number of the command
   * @param argument the argument
   * @return for {@link #F_GETFL} the flags, or a negated errno; without an implementation {@link
   *     Errno#ENOSYS}
   */
  default int fcntl(int fd, int command, long argument) {
    return -Errno.ENOSYS.number();
  }

  /**
   * {@code writev(2)}.
   *
   * @param fd the descriptor
   * @param iovecs address of {@code count} entries of {@code struct iovec}: u64 address, u64 length
   * @param count number of entries
   * @return the number of bytes written, or a negated errno
   */
  long writev(int fd, long iovecs, int count);

  /**
   * {@code read(2)}.
   *
   * @param fd the descriptor
   * @param address address of the bytes
   * @param length number of bytes
   * @return the number of bytes read, 0 at the end, or a negated errno
   */
  long read(int fd, long address, long length);

  /**
   * {@code write(2)}.
   *
   * @param fd the descriptor
   * @param address address of the bytes
   * @param length number of bytes
   * @return the number of bytes written, or a negated errno; without an implementation {@link
   *     Errno#ENOSYS}
   */
  default long write(int fd, long address, long length) {
    return -Errno.ENOSYS.number();
  }

  /**
   * {@code mkdir(2)}.
   *
   * @param path path of the folder
   * @param mode the rights; the umask of the process removes some of them
   * @return 0, or a negated errno; without an implementation {@link Errno#ENOSYS}
   */
  default int mkdir(String path, int mode) {
    return -Errno.ENOSYS.number();
  }

  /**
   * {@code rmdir(2)}.
   *
   * @param path path of the folder
   * @return 0, or a negated errno; without an implementation {@link Errno#ENOSYS}
   */
  default int rmdir(String path) {
    return -Errno.ENOSYS.number();
  }

  /**
   * {@code eventfd(2)}: a counter that a read takes and sets to 0, a write adds to, and a poll
   * waits for.
   *
   * @param initial the count to start with
   * @param flags {@link #O_CLOEXEC} and {@link #O_NONBLOCK}
   * @return the descriptor, or a negated errno; without an implementation {@link Errno#ENOSYS}
   */
  default int eventfd(int initial, int flags) {
    return -Errno.ENOSYS.number();
  }

  /**
   * {@code perf_event_open(2)}.
   *
   * @param attr address of a {@code struct perf_event_attr}, which contains its length
   * @param pid number of the process to observe; -1 for all
   * @param cpu number of the CPU to observe; -1 for all
   * @param groupFd descriptor of a group's leader; -1 for none
   * @param flags {@link #PERF_FLAG_FD_CLOEXEC}
   * @return the descriptor, or a negated errno; without an implementation {@link Errno#ENOSYS}
   */
  default int perfEventOpen(long attr, int pid, int cpu, int groupFd, long flags) {
    return -Errno.ENOSYS.number();
  }

  /**
   * {@code poll(2)}.
   *
   * @param pollfds address of {@code count} entries of {@code struct pollfd}: i32 fd, i16 events,
   *     i16 revents
   * @param count number of entries
   * @param timeoutMs longest wait in milliseconds; a negative one waits without bound
   * @return how many entries have events, or a negated errno
   */
  int poll(long pollfds, int count, int timeoutMs);

  /**
   * {@code sched_setaffinity(2)}: sets the CPUs that a thread may run on.
   *
   * <p>A kernel takes a mask of any length. It ignores bits for which it has no CPUs, and takes
   * missing bits for zeros ({@code get_user_cpu_mask()} in {@code kernel/sched/syscalls.c}, Linux
   * 6.12).
   *
   * @param tid the thread's number, 0 for the calling one
   * @param length length of the mask in bytes
   * @param mask address of a bit for each CPU, in words of 64 bits, the lowest bit first
   * @return 0, or a negated errno; without an implementation, as on a kernel without the call,
   *     {@link Errno#ENOSYS}
   */
  default int schedSetAffinity(int tid, long length, long mask) {
    return -Errno.ENOSYS.number();
  }

  /**
   * {@code sched_getaffinity(2)}: gets the CPUs that a thread may run on and that are online.
   *
   * <p>The length that the kernel returns does not pass through libc, which clears the rest of the
   * mask instead.
   *
   * @param tid the thread's number, 0 for the calling one
   * @param length length of the mask in bytes, a multiple of 8; {@code EINVAL} if the machine can
   *     have more CPUs than the mask has bits
   * @param mask address that receives the mask; see {@link #schedSetAffinity}
   * @return 0, or a negated errno; without an implementation, as on a kernel without the call,
   *     {@link Errno#ENOSYS}
   */
  default int schedGetAffinity(int tid, long length, long mask) {
    return -Errno.ENOSYS.number();
  }

  /**
   * {@code mmap(2)}.
   *
   * @param address the address that the caller prefers; 0 leaves it to the kernel
   * @param length length in bytes, more than 0
   * @param protection bits such as {@link #PROT_READ}
   * @param flags bits such as {@link #MAP_PRIVATE}
   * @param fd descriptor of the file; -1 with {@link #MAP_ANONYMOUS}
   * @param offset offset in the file; 0 with {@link #MAP_ANONYMOUS}
   * @return the address of the first byte, a multiple of the page size, or a negated errno; without
   *     an implementation {@link Errno#ENOSYS}
   */
  default long mmap(long address, long length, int protection, int flags, int fd, long offset) {
    return -Errno.ENOSYS.number();
  }

  /**
   * {@code madvise(2)}.
   *
   * @param address a multiple of the page size
   * @param length length in bytes
   * @param advice for example {@link #MADV_NOHUGEPAGE}
   * @return 0, or a negated errno; without an implementation {@link Errno#ENOSYS}
   */
  default int madvise(long address, long length, int advice) {
    return -Errno.ENOSYS.number();
  }

  /**
   * {@code munmap(2)}. Any later access to these bytes ends the process.
   *
   * @param address the address that {@link #mmap} returned
   * @param length the length that was passed to {@link #mmap}
   * @return 0, or a negated errno; without an implementation {@link Errno#ENOSYS}
   */
  default int munmap(long address, long length) {
    return -Errno.ENOSYS.number();
  }

  /**
   * {@code getpagesize(2)}.
   *
   * @return the length in bytes of this machine's pages; without an implementation a negated {@link
   *     Errno#ENOSYS}
   */
  default int getpagesize() {
    return -Errno.ENOSYS.number();
  }

  /**
   * {@return the name of the library that makes the calls, for the log: {@code jna} or {@code
   * java.lang.foreign}}
   */
  default String facility() {
    return "other";
  }

  /**
   * Returns the system calls of this machine.
   *
   * <p>{@code java.lang.foreign} makes them on Java 22 and newer, unless native access is denied.
   * Otherwise JNA makes them. The system property {@code io.userevents.syscalls} forces {@code
   * foreign} or {@code jna}.
   *
   * @return the system calls
   * @throws UnsupportedOperationException if this is not a 64-bit Linux, if the native library that
   *     makes the calls cannot be loaded, or if native access is denied; the message says what was
   *     found
   */
  static Syscalls ofThisMachine() {
    return SyscallsChoice.make();
  }

  /**
   * Returns the length of this machine's pages ({@code getpagesize(2)}).
   *
   * @return the length in bytes
   * @throws UnsupportedOperationException in the same cases as {@link #ofThisMachine}
   */
  static int pageLength() {
    return ofThisMachine().getpagesize();
  }
}
