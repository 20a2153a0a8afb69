// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The ring buffers of an instance, one for each CPU. Each is a file that yields one page per read
 * ({@code trace_pipe_raw}).
 *
 * <p>A possible CPU that has never been online has the file but no buffer. Its {@code poll(2)}
 * always returns POLLERR at once ({@code ring_buffer_poll_wait()}). Such CPUs are left out and
 * checked again from time to time.
 *
 * <p>Not thread-safe: the listener's lock guards the descriptors.
 */
final class CpuBuffers {

  /** {@link #read} found nothing. */
  static final int NOTHING = 0;

  private static final int WAKEUP_INDEX = 0;
  private static final int FIRST_INDEX = 1;
  private static final int CACHE_LINE_LENGTH = 64;
  private static final int CLOSED_FD = -1;

  private final Syscalls syscalls;
  private final List<Integer> cpus;
  private final Path[] paths;
  private final int[] fds;
  private final Wakeup wakeup;
  private final Pollfds pollfds;
  private final NativeRegion page;

  private CpuBuffers(
      Syscalls syscalls,
      Wakeup wakeup,
      List<Integer> cpus,
      Path[] paths,
      int[] fds,
      int pageLength) {
    this.syscalls = syscalls;
    this.wakeup = wakeup;
    this.cpus = cpus;
    this.paths = paths;
    this.fds = fds;
    pollfds = new Pollfds(FIRST_INDEX + fds.length);
    page = NativeRegion.allocate(pageLength, CACHE_LINE_LENGTH);
    watchAll();
  }

  static CpuBuffers open(Syscalls syscalls, Wakeup wakeup, TraceInstance instance, int pageLength)
      throws ListenerException {
    List<Integer> cpus = instance.cpus();
    Path[] paths = new Path[cpus.size()];
    int[] fds = new int[cpus.size()];
    TracefsFiles files = new TracefsFiles(syscalls);
    int opened = 0;
    try {
      for (; opened < fds.length; opened++) {
        paths[opened] = instance.cpuFolder(cpus.get(opened)).resolve("trace_pipe_raw");
        fds[opened] = files.open(paths[opened], Syscalls.O_RDONLY | Syscalls.O_NONBLOCK);
      }
      return new CpuBuffers(syscalls, wakeup, cpus, paths, fds, pageLength);
    } catch (ListenerException | RuntimeException | Error e) {
      for (int i = 0; i < opened; i++) {
        syscalls.close(fds[i]);
      }
      throw e;
    }
  }

  List<Integer> cpus() {
    return cpus;
  }

  int count() {
    return fds.length;
  }

  int cpu(int index) {
    return cpus.get(index);
  }

  /** Returns the bytes of the page that was read last. */
  UnsafeBuffer page() {
    return page.buffer();
  }

  /**
   * Waits until a buffer has an event, the wakeup is signalled or the time has passed.
   *
   * @return whether a buffer has an event; false after the time, a signal or a wakeup
   */
  boolean await(int timeoutMs) throws ListenerException {
    int result = syscalls.poll(pollfds.address(), pollfds.count(), timeoutMs);
    if (result < 0) {
      pollfds.clear();
      if (!Errno.EINTR.is(result) && !Errno.EAGAIN.is(result)) {
        throw TracefsFiles.failure("poll", paths[0], -result);
      }
    }
    if (result > 0 && pollfds.isReadable(WAKEUP_INDEX)) {
      wakeup.reset();
      return result > 1;
    }
    return result > 0;
  }

  /** Whether {@link #await} found an event in the buffer at this index. */
  boolean isReadable(int index) {
    int pollfd = FIRST_INDEX + index;
    boolean isReadable = pollfds.isReadable(pollfd);
    if (pollfds.hasError(pollfd) && !pollfds.isIgnored(pollfd)) {
      pollfds.set(pollfd, Pollfds.IGNORED);
    }
    return isReadable;
  }

  /** Waits for all buffers again. */
  void watchAll() {
    pollfds.set(WAKEUP_INDEX, wakeup.fd());
    for (int i = 0; i < fds.length; i++) {
      pollfds.set(FIRST_INDEX + i, fds[i]);
    }
  }

  /**
   * Takes one page out of the buffer at this index. If the buffer has less than a page, the kernel
   * hands out the events that are there.
   *
   * @return its length in bytes, or {@link #NOTHING}
   */
  int read(int index) throws ListenerException {
    long result;
    do {
      result = syscalls.read(fds[index], page.address(), page.length());
    } while (Errno.EINTR.is(result));
    if (result >= 0) {
      return (int) result;
    }
    if (Errno.EAGAIN.is(result)) {
      return NOTHING;
    }
    throw TracefsFiles.failure("read", paths[index], (int) -result);
  }

  /** Closes the open files. The page stays allocated. */
  void close() {
    for (int i = 0; i < fds.length; i++) {
      int fd = fds[i];
      if (fd != CLOSED_FD) {
        // Before the close: the kernel may give the same number to another file right after it.
        fds[i] = CLOSED_FD;
        syscalls.close(fd);
      }
    }
  }

  /** Releases the memory. Called once, after {@link #close}, when no thread uses the page. */
  void free() {
    pollfds.free();
    page.free();
  }
}
