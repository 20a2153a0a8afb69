// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import com.sun.jna.Native;
import io.userevents.internal.libraries.Diagnosis;
import io.userevents.internal.libraries.Library;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes system calls through {@link LibC}, and reads errno only when a call has failed. */
final class JnaSyscalls implements Syscalls {

  /** The result of libc's mmap when it fails ({@code sys/mman.h}). */
  private static final long MAP_FAILED = -1;

  /**
   * The reason why JNA does not work. Only the first failure has it: later failures name only the
   * class that could not be initialized.
   */
  private static volatile @Nullable String firstDiagnosis;

  private static final class Holder {
    static final JnaSyscalls INSTANCE = new JnaSyscalls();
  }

  private JnaSyscalls() {}

  static JnaSyscalls instance() {
    LinuxPlatform.require();
    String found = LinuxPlatform.found();
    try {
      // The first call loads libc, so a failure to load it is seen only here.
      if (LibC.close(-1) != -1) {
        throw new UnsupportedOperationException("close(-1) of libc did not fail: " + found);
      }
      return Holder.INSTANCE;
    } catch (LinkageError | SecurityException | IllegalCallerException e) {
      throw unusable(found, e);
    } catch (Error e) {
      // JNA throws a plain Error for a native library of another version. Other errors, such as
      // no memory, are not about JNA.
      if (e.getClass() != Error.class) {
        throw e;
      }
      throw unusable(found, e);
    }
  }

  private static UnsupportedOperationException unusable(String found, Throwable failure) {
    String diagnosis = firstDiagnosis;
    if (diagnosis == null) {
      diagnosis = Diagnosis.of(failure, List.of(Library.JNA));
      firstDiagnosis = diagnosis;
    }
    return new UnsupportedOperationException(diagnosis + " (" + found + ")", failure);
  }

  @Override
  public String facility() {
    return "jna";
  }

  @Override
  public int getpagesize() {
    return LibC.getpagesize();
  }

  @Override
  public int open(String path, int flags) {
    return result(LibC.open(terminated(path), flags));
  }

  @Override
  public int close(int fd) {
    return result(LibC.close(fd));
  }

  @Override
  public int ioctl(int fd, long request, long argument) {
    return result(LibC.ioctl(fd, request, argument));
  }

  @Override
  public int fcntl(int fd, int command, long argument) {
    return result(LibC.fcntl(fd, command, argument));
  }

  @Override
  public long writev(int fd, long iovecs, int count) {
    long result = LibC.writev(fd, iovecs, count);
    return result < 0 ? -Native.getLastError() : result;
  }

  @Override
  public long read(int fd, long address, long length) {
    long result = LibC.read(fd, address, length);
    return result < 0 ? -Native.getLastError() : result;
  }

  @Override
  public long write(int fd, long address, long length) {
    long result = LibC.write(fd, address, length);
    return result < 0 ? -Native.getLastError() : result;
  }

  @Override
  public int mkdir(String path, int mode) {
    return result(LibC.mkdir(terminated(path), mode));
  }

  @Override
  public int rmdir(String path) {
    return result(LibC.rmdir(terminated(path)));
  }

  @Override
  public int eventfd(int initial, int flags) {
    return result(LibC.eventfd(initial, flags));
  }

  @Override
  public int perfEventOpen(long attr, int pid, int cpu, int groupFd, long flags) {
    return LinuxPlatform.PERF_EVENT_OPEN == LinuxPlatform.UNKNOWN
        ? -Errno.ENOSYS.number()
        : result((int) LibC.syscall(LinuxPlatform.PERF_EVENT_OPEN, attr, pid, cpu, groupFd, flags));
  }

  @Override
  public int poll(long pollfds, int count, int timeoutMs) {
    return result(LibC.poll(pollfds, count, timeoutMs));
  }

  @Override
  public int schedSetAffinity(int tid, long length, long mask) {
    return result(LibC.sched_setaffinity(tid, length, mask));
  }

  @Override
  public int schedGetAffinity(int tid, long length, long mask) {
    return result(LibC.sched_getaffinity(tid, length, mask));
  }

  @Override
  public long mmap(long address, long length, int protection, int flags, int fd, long offset) {
    long result = LibC.mmap(address, length, protection, flags, fd, offset);
    return result == MAP_FAILED ? -Native.getLastError() : result;
  }

  @Override
  public int madvise(long address, long length, int advice) {
    return result(LibC.madvise(address, length, advice));
  }

  @Override
  public int munmap(long address, long length) {
    return result(LibC.munmap(address, length));
  }

  private static byte[] terminated(String path) {
    byte[] chars = path.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(chars, chars.length + 1);
  }

  private static int result(int result) {
    return result < 0 ? -Native.getLastError() : result;
  }
}
