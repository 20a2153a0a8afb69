// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.syscall.Errno;
import io.userevents.listener.internal.EventFormat;
import io.userevents.listener.internal.LayoutException;
import io.userevents.listener.internal.PageLayout;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A private ftrace instance: a folder below {@code instances} in tracefs with separate ring buffers
 * and switches ({@code Documentation/trace/ftrace.rst}, Linux 6.12).
 *
 * <p>Not thread-safe.
 */
final class TraceInstance {

  private static final long REMOVE_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long REMOVE_LIMIT_NS = TimeUnit.SECONDS.toNanos(1);
  private static final String CPU_PREFIX = "cpu";
  private static final int RELEASED = -1;

  private static final String FILTER = "filter";

  /** Removes the filter of an event. */
  private static final String NO_FILTER = "0";

  /** CLOCK_MONOTONIC in ns. */
  private static final String CLOCK = "mono";

  private final TracefsFiles files;
  private final Path folder;
  private final List<String> eventNames;
  private final Switches switches;

  /** An open file of the instance. While it is open, the kernel does not remove the instance. */
  private int heldFd;

  TraceInstance(TracefsFiles files, InstanceNames.Held held, List<String> eventNames) {
    this.files = files;
    folder = held.folder();
    heldFd = held.fd();
    this.eventNames = List.copyOf(eventNames);
    switches = new Switches(files);
  }

  Path folder() {
    return folder;
  }

  /**
   * Sets clock and buffers. This comes before events are enabled, because a change of either
   * empties the buffers.
   *
   * @return the size of each CPU's buffer in KiB
   */
  int configure(BufferSize bufferSize) throws ListenerException {
    int bufferKb = bufferSize.cpuKb(cpus().size());
    switches.set(folder.resolve("trace_clock"), CLOCK);
    switches.set(folder.resolve("buffer_size_kb"), Integer.toString(bufferKb));
    // The default is half a buffer, and poll(2) would wait for that much.
    switches.set(folder.resolve("buffer_percent"), "0");
    // A new instance inherits these options from the top-level instance, where any process may have
    // changed them. With "block", poll(2) never waits. Without "overwrite", the newest events are
    // lost instead of the oldest, and no page reports that.
    setOption("block", "0");
    setOption("overwrite", "1");
    keepIfThere(folder.resolve("tracing_cpumask"));
    keepIfThere(folder.resolve("set_event_pid"));
    keepIfThere(folder.resolve("set_event_notrace_pid"));
    switches.set(folder.resolve("tracing_on"), "1");
    return bufferKb;
  }

  /** Watches a file that has the default of a new instance: all CPUs, or all processes. */
  private void keepIfThere(Path file) throws ListenerException {
    if (Files.exists(file)) {
      switches.keep(file);
    }
  }

  private void setOption(String name, String value) throws ListenerException {
    Path option = folder.resolve("options").resolve(name);
    if (Files.exists(option)) {
      switches.set(option, value);
    }
  }

  PageLayout pageLayout() throws ListenerException {
    Path events = folder.resolve("events");
    Path headerPage = events.resolve("header_page");
    if (!Files.exists(headerPage)) {
      // Older kernels have this file at the top level only. There, the pages of all instances have
      // one size.
      headerPage = folder.resolve("../../events/header_page").normalize();
    }
    try {
      return PageLayout.parse(files.read(headerPage));
    } catch (LayoutException e) {
      throw ListenerException.of(e);
    }
  }

  private Path event(String name) {
    return folder.resolve("events/user_events").resolve(name);
  }

  /** Returns whether any process has registered the event. */
  boolean hasEvent(String name) {
    return Files.isDirectory(event(name));
  }

  List<EventFormat> formats() throws ListenerException {
    List<EventFormat> formats = new ArrayList<>();
    for (String name : eventNames) {
      try {
        formats.add(EventFormat.parse(name, files.read(event(name).resolve("format"))));
      } catch (LayoutException e) {
        throw ListenerException.of(e);
      }
    }
    return formats;
  }

  void enable() throws ListenerException {
    for (String name : eventNames) {
      Path filter = event(name).resolve(FILTER);
      if (Files.exists(filter)) {
        switches.set(filter, NO_FILTER);
      }
      switches.set(event(name).resolve("enable"), "1");
    }
  }

  void disable() throws ListenerException {
    for (String name : eventNames) {
      Path enable = event(name).resolve("enable");
      switches.forget(enable);
      switches.forget(event(name).resolve(FILTER));
      files.write(enable, "0");
    }
  }

  /** See {@link Switches#restore}. */
  boolean restore() throws ListenerException {
    return switches.restore();
  }

  /** Returns the numbers of all CPUs for which the kernel has buffers, in order. */
  List<Integer> cpus() throws ListenerException {
    Path perCpu = folder.resolve("per_cpu");
    List<Integer> cpus = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(perCpu, CPU_PREFIX + "[0-9]*")) {
      for (Path cpu : folders) {
        cpus.add(
            Integer.parseInt(perCpu.relativize(cpu).toString().substring(CPU_PREFIX.length())));
      }
    } catch (IOException e) {
      throw new ListenerException("cannot list path=" + perCpu + ": " + e, 0, e);
    }
    Collections.sort(cpus);
    return cpus;
  }

  Path cpuFolder(int cpu) {
    return folder.resolve("per_cpu").resolve(CPU_PREFIX + cpu);
  }

  /** Returns the kernel's counters of one CPU since its buffer was last emptied. */
  KernelStatistics statistics(int cpu) throws ListenerException {
    return KernelStatistics.parse(files.read(cpuFolder(cpu).resolve("stats")));
  }

  /**
   * Removes the instance. This also disables its events. Retries for one second while another
   * process has one of its files open.
   */
  void remove() throws ListenerException {
    release();
    long start = System.nanoTime();
    while (true) {
      try {
        files.removeDirectory(folder);
        return;
      } catch (ListenerException e) {
        if (e.errno() == Errno.ENOENT.number()) {
          return;
        }
        // ENODEV: another process is removing it at this moment.
        boolean isInUse =
            e.errno() == Errno.EBUSY.number()
                || e.errno() == Errno.ENOTEMPTY.number()
                || e.errno() == Errno.ENODEV.number();
        if (!isInUse || System.nanoTime() - start > REMOVE_LIMIT_NS) {
          throw e;
        }
        LockSupport.parkNanos(REMOVE_RETRY_NS);
      }
    }
  }

  private void release() {
    int fd = heldFd;
    heldFd = RELEASED;
    if (fd != RELEASED) {
      files.close(fd);
    }
  }
}
