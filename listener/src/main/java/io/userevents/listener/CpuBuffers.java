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

  /** {@code struct pollfd}: i32 fd, i16 events, i16 revents. */
  private static final int POLLFD_LENGTH = 8;

  private static final int EVENTS_OFFSET = 4;
  private static final int REVENTS_OFFSET = 6;
  private static final int POLL_ERRORS = 0x8 | 0x20;
  private static final int CACHE_LINE_LENGTH = 64;

  /** {@code poll(2)} passes over negative descriptors. */
  private static final int IGNORED = -1;

  private final Syscalls syscalls;
  private final List<Integer> cpus;
  private final Path[] paths;
  private final int[] fds;
  private final NativeRegion pollfds;
  private final NativeRegion page;
  private int ignored;

  private CpuBuffers(
      Syscalls syscalls, List<Integer> cpus, Path[] paths, int[] fds, int pageLength) {
    this.syscalls = syscalls;
    this.cpus = cpus;
    this.paths = paths;
    this.fds = fds;
    pollfds = NativeRegion.allocate(Math.max(1, fds.length) * POLLFD_LENGTH, Long.BYTES);
    page = NativeRegion.allocate(pageLength, CACHE_LINE_LENGTH);
    watchAll();
  }

  static CpuBuffers open(Syscalls syscalls, TraceInstance instance, int pageLength)
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
      return new CpuBuffers(syscalls, cpus, paths, fds, pageLength);
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
   * Waits until a buffer has an event.
   *
   * @return whether one has; false after the time or a signal
   */
  boolean await(int timeoutMs) throws ListenerException {
    int result = syscalls.poll(pollfds.address(), fds.length, timeoutMs);
    if (result < 0 && !Errno.EINTR.is(result) && !Errno.EAGAIN.is(result)) {
      throw TracefsFiles.failure("poll", paths[0], -result);
    }
    return result > 0;
  }

  /** Whether {@link #await} found an event in the buffer at this index. */
  boolean isReadable(int index) {
    int pollfd = index * POLLFD_LENGTH;
    int found = pollfds.buffer().getShort(pollfd + REVENTS_OFFSET);
    if ((found & POLL_ERRORS) != 0 && pollfds.buffer().getInt(pollfd) != IGNORED) {
      pollfds.buffer().putInt(pollfd, IGNORED);
      ignored++;
    }
    return (found & Syscalls.POLLIN) != 0;
  }

  /** Whether some buffers are not waited for, because their CPUs were offline. */
  boolean hasIgnored() {
    return ignored > 0;
  }

  /** Waits for all buffers again. */
  void watchAll() {
    for (int i = 0; i < fds.length; i++) {
      pollfds.buffer().putInt(i * POLLFD_LENGTH, fds[i]);
      pollfds.buffer().putShort(i * POLLFD_LENGTH + EVENTS_OFFSET, Syscalls.POLLIN);
      pollfds.buffer().putShort(i * POLLFD_LENGTH + REVENTS_OFFSET, (short) 0);
    }
    ignored = 0;
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
      if (fd != IGNORED) {
        // Before it is closed: its number may be somebody else's right after.
        fds[i] = IGNORED;
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
