// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The CPU time of this process and of each of its threads so far, and how often they gave up the
 * CPU because they waited. Times are in nanoseconds, because the ticks of {@code /proc/self/stat}
 * are 10 ms.
 *
 * @param process time of all threads, including ended ones
 * @param threads costs by thread number
 */
record ProcessCost(long process, Map<String, ThreadCost> threads) {

  private static final Path TASKS = Path.of("/proc/self/task");
  private static final Path OWN_TASK = Path.of("/proc/thread-self");

  /** The clock of the process ({@code linux/time.h}). */
  private static final int CLOCK_PROCESS_CPUTIME_ID = 2;

  /** The last bits of a thread's clock ({@code CPUCLOCK_*} in {@code linux/posix-timers.h}). */
  private static final int CLOCK_OF_THREAD = 6;

  /**
   * Gives the calling thread's time by a single call, because reading files takes time of that
   * thread.
   */
  private static final ThreadMXBean OWN = ManagementFactory.getThreadMXBean();

  private static final Clock CLOCK = Native.load("c", Clock.class);

  /** A function of libc, called through JNA. */
  interface Clock extends Library {

    int clock_gettime(int clock, long[] time);
  }

  /**
   * The cost of a thread.
   *
   * @param name name of the thread in the kernel
   * @param cpuNs time on a CPU
   * @param switches voluntary context switches
   */
  record ThreadCost(String name, long cpuNs, long switches) {}

  /** Reads the cost before the measured work, with the calling thread's time last. */
  static ProcessCost start() throws IOException {
    Map<String, ThreadCost> threads = readThreads();
    String own = ownNumber();
    ThreadCost read = read(TASKS.resolve(own));
    long process = processNs();
    threads.put(own, new ThreadCost(read.name, OWN.getCurrentThreadCpuTime(), read.switches));
    return new ProcessCost(process, threads);
  }

  /** Reads the cost after the measured work, with the calling thread's time first. */
  static ProcessCost end() throws IOException {
    long ownNs = OWN.getCurrentThreadCpuTime();
    long process = processNs();
    Map<String, ThreadCost> threads = readThreads();
    String own = ownNumber();
    ThreadCost read = read(TASKS.resolve(own));
    threads.put(own, new ThreadCost(read.name, ownNs, read.switches));
    return new ProcessCost(process, threads);
  }

  private static String ownNumber() throws IOException {
    return Files.readSymbolicLink(OWN_TASK).getFileName().toString();
  }

  private static Map<String, ThreadCost> readThreads() throws IOException {
    Map<String, ThreadCost> threads = new LinkedHashMap<>();
    List<Path> tasks;
    try (Stream<Path> folders = Files.list(TASKS)) {
      tasks = folders.sorted().toList();
    }
    for (Path task : tasks) {
      try {
        threads.put(task.getFileName().toString(), read(task));
      } catch (NoSuchFileException e) {
        // The thread has just ended; the process has its time.
      }
    }
    return threads;
  }

  /** Prints the difference to the start for each of this many operations. */
  void print(ProcessCost start, int operations) {
    long switches = 0;
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, ThreadCost> thread : threads.entrySet()) {
      ThreadCost now = thread.getValue();
      ThreadCost then = start.threads.getOrDefault(thread.getKey(), new ThreadCost(now.name, 0, 0));
      long added = now.switches - then.switches;
      switches += added;
      if (added > 0 || now.cpuNs > then.cpuNs) {
        lines.append(line("  " + now.name, now.cpuNs - then.cpuNs, added, operations));
      }
    }
    System.out.print(line("process", process - start.process, switches, operations) + lines);
  }

  private static String line(String name, long cpuNs, long switches, int operations) {
    return String.format(
        Locale.ROOT,
        "%-18s cpu_us=%.1f voluntary=%.2f%n",
        name,
        cpuNs / 1e3 / operations,
        (double) switches / operations);
  }

  private static long processNs() {
    return ns(CLOCK_PROCESS_CPUTIME_ID);
  }

  private static long ns(int clock) {
    // struct timespec: seconds and nanoseconds, of 64 bits each on Linux with 64 bits.
    long[] time = new long[2];
    if (CLOCK.clock_gettime(clock, time) != 0) {
      throw new IllegalStateException("clock_gettime failed: clock=" + clock);
    }
    return time[0] * 1_000_000_000 + time[1];
  }

  private static ThreadCost read(Path task) throws IOException {
    long switches = 0;
    String name = "";
    for (String line : Files.readAllLines(task.resolve("status"))) {
      if (line.startsWith("voluntary_ctxt_switches:")) {
        switches = Long.parseLong(value(line));
      } else if (line.startsWith("Name:")) {
        name = value(line);
      }
    }
    // Not from schedstat, which a kernel without CONFIG_SCHED_INFO lacks.
    int number = Integer.parseInt(task.getFileName().toString());
    return new ThreadCost(name, ns(~number << 3 | CLOCK_OF_THREAD), switches);
  }

  private static String value(String line) {
    return line.substring(line.indexOf(':') + 1).strip();
  }
}
