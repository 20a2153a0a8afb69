// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.Tracefs;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes control files of tracefs by system calls, so that a failure has its errno.
 * Thread-safe.
 */
final class TracefsFiles {

  private static final int CHUNK_LENGTH = 4096;
  private static final int IOVEC_LENGTH = 16;
  private static final int NONE = -1;

  /** The mode that the kernel gives to the folder {@code instances}. */
  private static final int DIRECTORY_MODE = 0750;

  private final Syscalls syscalls;

  TracefsFiles(Syscalls syscalls) {
    this.syscalls = syscalls;
  }

  /** Returns the whole text of a file. */
  String read(Path path) throws ListenerException {
    // Allocated first, so that a lack of memory leaves no descriptor open.
    NativeRegion chunk = NativeRegion.allocate(CHUNK_LENGTH, Long.BYTES);
    int fd = NONE;
    try {
      fd = open(path, Syscalls.O_RDONLY);
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      byte[] bytes = new byte[CHUNK_LENGTH];
      long result;
      while ((result = syscalls.read(fd, chunk.address(), CHUNK_LENGTH)) != 0) {
        if (Errno.EINTR.is(result)) {
          continue;
        }
        if (result < 0) {
          throw failure("read", path, (int) -result);
        }
        chunk.buffer().getBytes(0, bytes, 0, (int) result);
        text.write(bytes, 0, (int) result);
      }
      return text.toString(StandardCharsets.UTF_8);
    } finally {
      chunk.free();
      closeIfOpen(fd);
    }
  }

  /** Writes the text with one call, as the kernel's control files require. */
  void write(Path path, String text) throws ListenerException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    NativeRegion memory = NativeRegion.allocate(IOVEC_LENGTH + bytes.length, Long.BYTES);
    int fd = NONE;
    try {
      fd = open(path, Syscalls.O_WRONLY);
      memory.buffer().putLong(0, memory.address() + IOVEC_LENGTH);
      memory.buffer().putLong(Long.BYTES, bytes.length);
      memory.buffer().putBytes(IOVEC_LENGTH, bytes);
      long result;
      do {
        result = syscalls.writev(fd, memory.address(), 1);
      } while (Errno.EINTR.is(result));
      if (result < 0) {
        throw failure("write of " + text, path, (int) -result);
      }
    } finally {
      memory.free();
      closeIfOpen(fd);
    }
  }

  /** Removes all entries from a file that holds a list. */
  void clear(Path path) throws ListenerException {
    syscalls.close(open(path, Syscalls.O_WRONLY | Syscalls.O_TRUNC));
  }

  private void closeIfOpen(int fd) {
    if (fd != NONE) {
      syscalls.close(fd);
    }
  }

  int open(Path path, int flags) throws ListenerException {
    int fd;
    do {
      fd = syscalls.open(path.toString(), flags | Syscalls.O_CLOEXEC);
    } while (Errno.EINTR.is(fd));
    if (fd < 0) {
      throw failure("open", path, -fd);
    }
    return fd;
  }

  void createDirectory(Path path) throws ListenerException {
    int result;
    do {
      result = syscalls.mkdir(path.toString(), DIRECTORY_MODE);
    } while (Errno.EINTR.is(result));
    if (result < 0) {
      throw failure("mkdir", path, -result);
    }
  }

  void removeDirectory(Path path) throws ListenerException {
    int result;
    do {
      result = syscalls.rmdir(path.toString());
    } while (Errno.EINTR.is(result));
    if (result < 0) {
      throw failure("rmdir", path, -result);
    }
  }

  void close(int fd) {
    syscalls.close(fd);
  }

  static ListenerException failure(String call, Path path, int errno) {
    return ListenerException.ofErrno(call, path, errno, remedy(errno), null);
  }

  private static String remedy(int number) {
    @Nullable Errno errno = Errno.of(number);
    if (errno == null) {
      return "see the kernel's Documentation/trace/ftrace.rst";
    }
    return switch (errno) {
      case ENOENT, ENOTDIR, ENODEV ->
          "mount tracefs (mount -t tracefs nodev "
              + Tracefs.USUAL
              + ") and use a kernel of 6.4 or newer with CONFIG_USER_EVENTS=y";
      case EACCES ->
          "to read by perf, let this user read tracefs (mount -o remount,gid=GROUP,mode=0750 "
              + Tracefs.USUAL
              + ") or give CAP_DAC_READ_SEARCH; to read by ftrace, be root, as no group can write"
              + " to the files of a new instance";
      case EPERM ->
          "the kernel is locked down (see /sys/kernel/security/lockdown), or a security module or"
              + " seccomp filter refuses it: permit it, or listen outside of the container";
      case EROFS ->
          "tracefs is mounted read-only: mount -o remount,rw "
              + Tracefs.USUAL
              + ", or read by perf, which writes nothing there";
      case EEXIST ->
          "another listener has an instance of this name, or a listener that ended left it behind:"
              + " choose another name, or"
              + " rmdir it if no process uses it";
      case EBUSY -> "end the process that has its files open (fuser -v on the files in it)";
      case EMFILE, ENFILE -> "raise the limit of open files: each CPU needs one";
      case ENOMEM -> "choose a smaller buffer: each CPU has one of that size";
      default -> "see the kernel's Documentation/trace/ftrace.rst";
    };
  }
}
