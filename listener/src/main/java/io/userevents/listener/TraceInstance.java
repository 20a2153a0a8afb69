// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.syscall.Errno;
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
 * A private ftrace instance: a folder below {@code instances} in tracefs, with ring buffers and
 * switches of its own ({@code Documentation/trace/ftrace.rst}, Linux 6.12).
 *
 * <p>Not thread-safe.
 */
final class TraceInstance {

  private static final long REMOVE_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long REMOVE_LIMIT_NS = TimeUnit.SECONDS.toNanos(1);
  private static final String CPU_PREFIX = "cpu";

  private final TracefsFiles files;
  private final Path folder;
  private final Path event;

  TraceInstance(TracefsFiles files, Path folder, String eventName) {
    this.files = files;
    this.folder = folder;
    this.event = folder.resolve("events").resolve("user_events").resolve(eventName);
  }

  Path folder() {
    return folder;
  }

  /**
   * Sets clock and buffers, before the event is enabled: a change of either empties the buffers.
   */
  void configure(int bufferSizeKb) throws ListenerException {
    files.write(folder.resolve("trace_clock"), TracepointListener.CLOCK);
    files.write(folder.resolve("buffer_size_kb"), Integer.toString(bufferSizeKb));
    // Half a buffer, unless set: poll(2) would wait for that much.
    files.write(folder.resolve("buffer_percent"), "0");
    // A new instance inherits these from the top one, where anybody may have changed them. With
    // "block", poll(2) never waits. Without "overwrite", the newest events are lost instead of the
    // oldest, and no page says so.
    setOption("block", "0");
    setOption("overwrite", "1");
  }

  private void setOption(String name, String value) throws ListenerException {
    Path option = folder.resolve("options").resolve(name);
    if (Files.exists(option)) {
      files.write(option, value);
    }
  }

  PageLayout pageLayout() throws ListenerException {
    Path events = folder.resolve("events");
    Path headerPage = events.resolve("header_page");
    if (!Files.exists(headerPage)) {
      // Older kernels have it at the top only, where all instances have pages of one size.
      headerPage = folder.resolve("../../events/header_page").normalize();
    }
    return PageLayout.parse(files.read(headerPage));
  }

  /** Whether anybody has registered the event. */
  boolean hasEvent() {
    return Files.isDirectory(event);
  }

  EventFormat format() throws ListenerException {
    return EventFormat.parse(files.read(event.resolve("format")));
  }

  void enable() throws ListenerException {
    files.write(event.resolve("enable"), "1");
  }

  void disable() throws ListenerException {
    files.write(event.resolve("enable"), "0");
  }

  /** Numbers of all CPUs that the kernel has buffers for, in order. */
  List<Integer> cpus() throws ListenerException {
    Path perCpu = folder.resolve("per_cpu");
    List<Integer> cpus = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(perCpu, CPU_PREFIX + "[0-9]*")) {
      for (Path cpu : folders) {
        cpus.add(
            Integer.parseInt(perCpu.relativize(cpu).toString().substring(CPU_PREFIX.length())));
      }
    } catch (IOException e) {
      throw TracefsFiles.ofIo("readdir", perCpu, e);
    }
    Collections.sort(cpus);
    return cpus;
  }

  Path cpuFolder(int cpu) {
    return folder.resolve("per_cpu").resolve(CPU_PREFIX + cpu);
  }

  KernelStatistics statistics(List<Integer> cpus) throws ListenerException {
    KernelStatistics sum = KernelStatistics.NONE;
    for (int cpu : cpus) {
      sum = sum.plus(KernelStatistics.parse(files.read(cpuFolder(cpu).resolve("stats"))));
    }
    return sum;
  }

  /**
   * Removes the instance, which disables the event too. Tries again for a second, while someone has
   * one of its files open.
   */
  void remove() throws ListenerException {
    long start = System.nanoTime();
    while (true) {
      try {
        TracefsFiles.removeDirectory(folder);
        return;
      } catch (ListenerException e) {
        if (e.errno() == Errno.ENOENT.number()) {
          return;
        }
        if (e.errno() != 0 || System.nanoTime() - start > REMOVE_LIMIT_NS) {
          throw e;
        }
        LockSupport.parkNanos(REMOVE_RETRY_NS);
      }
    }
  }
}
