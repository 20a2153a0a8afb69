// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import io.userevents.cli.doctor.Machine.Attempt;
import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.perf.PerfAttributes;
import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.EventLayout;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens the event by perf, without a ring: the kernel then counts the events, on each CPU. */
final class PerfTrial {

  private static final int EVERY_PROCESS = -1;
  private static final int NO_GROUP = -1;

  private final Machine machine;
  private final Path id;

  PerfTrial(Machine machine) {
    this.machine = machine;
    id = machine.tracefs().resolve("events/user_events/" + EventLayout.OTLP_METRICS + "/id");
  }

  /** Opens and closes it. */
  Attempt open() {
    try (Counter counter = count()) {
      return Attempt.success("perf_event_open on " + counter.cpus() + " CPUs");
    } catch (RefusedException e) {
      return Attempt.failure(e.errno, String.valueOf(e.getMessage()));
    }
  }

  /** Counts the events of the whole machine from now on. */
  Counter count() throws RefusedException {
    int tracepoint = tracepoint();
    Syscalls syscalls;
    try {
      syscalls = Syscalls.ofThisMachine();
    } catch (UnsupportedOperationException e) {
      throw new RefusedException(Errno.ENOSYS.number(), String.valueOf(e.getMessage()));
    }
    NativeRegion memory = NativeRegion.allocate(PerfAttributes.LENGTH, Long.BYTES);
    Counter counter = new Counter(syscalls, memory);
    PerfAttributes.put(memory.buffer(), tracepoint, 1);
    for (int cpu : Cpus.online(machine)) {
      int fd =
          syscalls.perfEventOpen(
              memory.address(), EVERY_PROCESS, cpu, NO_GROUP, Syscalls.PERF_FLAG_FD_CLOEXEC);
      int enabled = fd < 0 ? fd : counter.add(fd);
      if (enabled < 0) {
        counter.close();
        throw new RefusedException(
            -enabled, "perf_event_open failed: cpu=" + cpu + " errno=" + Errno.describe(-enabled));
      }
    }
    return counter;
  }

  private int tracepoint() throws RefusedException {
    try {
      return Integer.parseInt(machine.read(id).strip());
    } catch (AccessDeniedException e) {
      throw new RefusedException(
          Errno.EACCES.number(),
          "cannot read path=" + id + " errno=" + Errno.describe(Errno.EACCES.number()));
    } catch (NoSuchFileException e) {
      throw new RefusedException(Errno.ENOENT.number(), "the event does not exist: path=" + id);
    } catch (IOException | NumberFormatException e) {
      throw new RefusedException(0, "cannot read path=" + id + ": " + e.getMessage());
    }
  }

  /** A descriptor for each CPU. */
  static final class Counter implements AutoCloseable {

    private final Syscalls syscalls;
    private final NativeRegion memory;
    private final List<Integer> descriptors = new ArrayList<>();

    Counter(Syscalls syscalls, NativeRegion memory) {
      this.syscalls = syscalls;
      this.memory = memory;
    }

    private int add(int fd) {
      descriptors.add(fd);
      return syscalls.ioctl(fd, PerfAttributes.IOC_ENABLE, 0);
    }

    int cpus() {
      return descriptors.size();
    }

    /** Events that have reached perf. */
    long events() throws IOException {
      long events = 0;
      for (int fd : descriptors) {
        long length = syscalls.read(fd, memory.address(), PerfAttributes.LENGTH);
        if (length < Long.BYTES) {
          throw new IOException("read of perf failed: errno=" + Errno.describe((int) -length));
        }
        events += memory.buffer().getLong(PerfAttributes.READ_COUNT_OFFSET);
      }
      return events;
    }

    @Override
    public void close() {
      descriptors.forEach(syscalls::close);
      memory.free();
    }
  }

  /** The kernel does not let this process use perf. */
  static final class RefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int errno;

    RefusedException(int errno, String message) {
      super(message);
      this.errno = errno;
    }
  }
}
