// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.Tracefs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Control files of tracefs, read and written by system calls, so that a failure has its errno.
 * Thread-safe.
 */
final class TracefsFiles {

  private static final int CHUNK_LENGTH = 4096;
  private static final int IOVEC_LENGTH = 16;
  private static final int NONE = -1;

  private final Syscalls syscalls;

  TracefsFiles(Syscalls syscalls) {
    this.syscalls = syscalls;
  }

  /** The whole text of a file. */
  String read(Path path) throws ListenerException {
    // First, so that no descriptor is left open if there is no memory.
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

  /** Writes the text by one call, as the kernel's control files need it. */
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

  static void createDirectory(Path path) throws ListenerException {
    try {
      Files.createDirectory(path);
    } catch (IOException e) {
      throw ofIo("mkdir", path, e);
    }
  }

  static void removeDirectory(Path path) throws ListenerException {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw ofIo("rmdir", path, e);
    }
  }

  static ListenerException failure(String call, Path path, int errno) {
    return ListenerException.ofErrno(call, path, errno, remedy(errno), null);
  }

  /** The JDK keeps the errno of a failure as the type of its exception, if at all. */
  static ListenerException ofIo(String call, Path path, IOException e) {
    Errno errno = null;
    if (e instanceof AccessDeniedException) {
      errno = Errno.EACCES;
    } else if (e instanceof NoSuchFileException) {
      errno = Errno.ENOENT;
    } else if (e instanceof FileAlreadyExistsException) {
      errno = Errno.EEXIST;
    } else if (e instanceof NotDirectoryException) {
      errno = Errno.ENOTDIR;
    }
    if (errno == null) {
      return new ListenerException(
          call + " failed: path=" + path + " reason=" + e.getMessage(), 0, e);
    }
    return ListenerException.ofErrno(call, path, errno.number(), remedy(errno.number()), e);
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
      case EACCES, EPERM ->
          "a listener needs root, or a group that may write to tracefs: mount it with gid=GROUP and"
              + " mode=0770, and let the group write to the folder instances";
      case EROFS -> "mount tracefs writable";
      case EEXIST ->
          "another listener has an instance of this name, or one has died: choose another name, or"
              + " rmdir it if no process uses it";
      case EMFILE, ENFILE -> "raise the limit of open files: each CPU needs one";
      case ENOMEM -> "choose a smaller buffer: each CPU has one of that size";
      default -> "see the kernel's Documentation/trace/ftrace.rst";
    };
  }
}
