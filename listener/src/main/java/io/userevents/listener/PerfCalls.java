// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.MappedFile;
import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.perf.PerfAttributes;
import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.listener.internal.EventFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * System calls on perf events. Their errors have a remedy.
 *
 * <p>Not thread-safe. The lock of calls guards the memory of the arguments.
 */
final class PerfCalls {

  private static final Path PARANOID = Path.of("/proc/sys/kernel/perf_event_paranoid");
  private static final Path MLOCK = Path.of("/proc/sys/kernel/perf_event_mlock_kb");
  private static final int ALL_PROCESSES = -1;
  private static final int NO_GROUP = -1;

  private final Syscalls syscalls;
  private final int watermark;
  private final boolean isSnapshot;
  private final NativeRegion arguments =
      NativeRegion.allocate(
          Math.max(PerfAttributes.LENGTH, PerfAttributes.READ_LENGTH), Long.BYTES);

  private boolean isMapRefused;

  PerfCalls(Syscalls syscalls, int watermark, boolean isSnapshot) {
    this.syscalls = syscalls;
    this.isSnapshot = isSnapshot;
    this.watermark = watermark;
  }

  /** Opens a tracepoint on one CPU. It is switched off at first. */
  int open(EventFormat format, int cpu) throws ListenerException {
    PerfAttributes.put(arguments.buffer(), format.id(), watermark);
    if (isSnapshot) {
      PerfAttributes.setWriteBackward(arguments.buffer());
    }
    int fd;
    do {
      fd =
          syscalls.perfEventOpen(
              arguments.address(), ALL_PROCESSES, cpu, NO_GROUP, Syscalls.PERF_FLAG_FD_CLOEXEC);
    } while (Errno.EINTR.is(fd));
    if (fd < 0) {
      throw ListenerException.ofErrno(
          "perf_event_open", format.name() + " cpu=" + cpu, -fd, remedyOfOpen(-fd), null);
    }
    return fd;
  }

  /**
   * Maps the ring of an event.
   *
   * @param dataLength in bytes, a power of two of at least a page
   */
  PerfRing map(int fd, int dataLength) throws ListenerException {
    int page = MappedFile.pageLength();
    int length = page + dataLength;
    // The kernel overwrites old records if the reader cannot tell the kernel its position.
    int protection = isSnapshot ? Syscalls.PROT_READ : Syscalls.PROT_READ | Syscalls.PROT_WRITE;
    long address = syscalls.mmap(0, length, protection, Syscalls.MAP_SHARED, fd, 0);
    if (address < 0) {
      isMapRefused = Errno.EPERM.is(address) || Errno.ENOMEM.is(address);
      throw ListenerException.ofErrno(
          "mmap of " + length + " bytes", "perf event", (int) -address, remedyOfMap(), null);
    }
    return new PerfRing(MappedFile.of(syscalls, address, length), page);
  }

  /** Returns whether the last failure means that the ring is too large for this user or machine. */
  boolean takeIsMapRefused() {
    boolean isRefused = isMapRefused;
    isMapRefused = false;
    return isRefused;
  }

  /** Redirects the event to the ring of another event on the same CPU. */
  void setOutput(int fd, int leader) throws ListenerException {
    require("ioctl(PERF_EVENT_IOC_SET_OUTPUT)", fd, PerfAttributes.IOC_SET_OUTPUT, leader);
  }

  void enable(int fd) throws ListenerException {
    require("ioctl(PERF_EVENT_IOC_ENABLE)", fd, PerfAttributes.IOC_ENABLE, 0);
  }

  void disable(int fd) throws ListenerException {
    require("ioctl(PERF_EVENT_IOC_DISABLE)", fd, PerfAttributes.IOC_DISABLE, 0);
  }

  /** Pauses or resumes the writing to the ring of an event. */
  void setPaused(int fd, boolean isPaused) throws ListenerException {
    require(
        "ioctl(PERF_EVENT_IOC_PAUSE_OUTPUT)",
        fd,
        PerfAttributes.IOC_PAUSE_OUTPUT,
        isPaused ? 1 : 0);
  }

  private void require(String call, int fd, long request, long argument) throws ListenerException {
    int result;
    do {
      result = syscalls.ioctl(fd, request, argument);
    } while (Errno.EINTR.is(result));
    if (result < 0) {
      throw ListenerException.ofErrno(call, "perf event", -result, "see perf_event_open(2)", null);
    }
  }

  /**
   * Reads the counters of an event. {@link #count}, {@link #lost} and {@link #timeEnabledNs} then
   * return them.
   */
  void read(int fd) throws ListenerException {
    long result;
    do {
      result = syscalls.read(fd, arguments.address(), PerfAttributes.READ_LENGTH);
    } while (Errno.EINTR.is(result));
    if (result != PerfAttributes.READ_LENGTH) {
      throw ListenerException.ofErrno(
          "read of counters",
          "perf event",
          result < 0 ? (int) -result : Errno.EIO.number(),
          "see perf_event_open(2)",
          null);
    }
  }

  /** Returns the number of events that occurred, including the lost ones. */
  long count() {
    return arguments.buffer().getLong(PerfAttributes.READ_COUNT_OFFSET);
  }

  /** Returns the number of events that found no room in the ring. */
  long lost() {
    return arguments.buffer().getLong(PerfAttributes.READ_LOST_OFFSET);
  }

  /** Returns how long the event was switched on, in ns. */
  long timeEnabledNs() {
    return arguments.buffer().getLong(PerfAttributes.READ_TIME_ENABLED_OFFSET);
  }

  void close(int fd) {
    syscalls.close(fd);
  }

  int poll(long pollfds, int count, int timeoutMs) {
    return syscalls.poll(pollfds, count, timeoutMs);
  }

  void free() {
    arguments.free();
  }

  private static String remedyOfOpen(int number) {
    @Nullable Errno errno = Errno.of(number);
    if (errno == null) {
      return "see perf_event_open(2)";
    }
    return switch (errno) {
      case EACCES, EPERM ->
          "reading by perf needs CAP_PERFMON (AmbientCapabilities=CAP_PERFMON in a systemd unit,"
              + " setpriv --ambient-caps +perfmon --inh-caps +perfmon in a shell) or root; where"
              + " perf_event_paranoid is above 2, as on Debian and Ubuntu, set it to 2 too, since"
              + " their kernels ask for CAP_SYS_ADMIN above that; or sysctl"
              + " kernel.perf_event_paranoid=-1; in a container, a seccomp profile that"
              + " permits the call: perf_event_paranoid="
              + setting(PARANOID);
      case ENOSYS, EOPNOTSUPP, ENOENT ->
          "use a kernel with CONFIG_PERF_EVENTS=y, and a seccomp profile that permits the call";
      case EINVAL, E2BIG -> "use Linux 6.4 or newer, and check that the event still exists";
      case EMFILE, ENFILE ->
          "raise the limit of open files (ulimit -n): each CPU needs one for each tracepoint";
      case ENOMEM -> "give the kernel, or this control group, more memory";
      default -> "see perf_event_open(2)";
    };
  }

  private static String remedyOfMap() {
    return "raise the memory that users may lock: sysctl kernel.perf_event_mlock_kb (for each CPU,"
        + " shared by all of this user's rings), ulimit -l (LimitMEMLOCK= in a systemd unit), or"
        + " CAP_IPC_LOCK; or choose a smaller buffer: perf_event_mlock_kb="
        + setting(MLOCK);
  }

  private static String setting(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
