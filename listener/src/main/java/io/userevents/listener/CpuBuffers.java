// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The ring buffers of an instance, one for each CPU, as files that yield a page a read ({@code
 * trace_pipe_raw}).
 *
 * <p>A CPU that the machine could have but that has never been online has the file and no buffer;
 * its {@code poll(2)} returns POLLERR at once, for ever ({@code ring_buffer_poll_wait()}). Such are
 * left out, and looked at again from time to time.
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

  /** Bytes of the page that was read last. */
  UnsafeBuffer page() {
    return page.buffer();
  }

  /**
   * Waits until a buffer has an event, or the wakeup is signalled.
   *
   * @return whether one has; false after the time, a signal or a wakeup
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
   * Takes a page out of the buffer at this index. The kernel hands out what is there, if that is
   * less than a page.
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

  /** Closes the files that are open; the page stays. */
  void close() {
    for (int i = 0; i < fds.length; i++) {
      int fd = fds[i];
      if (fd != CLOSED_FD) {
        // Before it is closed: its number may be somebody else's right after.
        fds[i] = CLOSED_FD;
        syscalls.close(fd);
      }
    }
  }

  /** Releases the memory. To be called once, after {@link #close}, when nobody uses the page. */
  void free() {
    pollfds.free();
    page.free();
  }
}
