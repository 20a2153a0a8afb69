// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * CPU time of this process and of each of its threads so far, in {@code /proc/self}'s ticks of 10
 * ms, and how often they gave up the CPU because they waited.
 *
 * @param process of all threads, those that have ended too
 * @param threads by thread number
 */
record ProcessCost(Ticks process, Map<String, Ticks> threads) {

  private static final double TICK_US = 10_000;
  private static final Path SELF = Path.of("/proc/self");

  /** Of the fields behind the name, which may have spaces: proc(5), utime and stime. */
  private static final int USER = 11;

  private static final int SYSTEM = 12;

  /**
   * @param name of the thread, as the kernel has it
   * @param switches voluntary context switches
   */
  record Ticks(String name, long user, long system, long switches) {

    double us() {
      return (user + system) * TICK_US;
    }
  }

  static ProcessCost now() throws IOException {
    Map<String, Ticks> threads = new LinkedHashMap<>();
    List<Path> tasks;
    try (Stream<Path> folders = Files.list(SELF.resolve("task"))) {
      tasks = folders.sorted().toList();
    }
    for (Path task : tasks) {
      try {
        threads.put(task.getFileName().toString(), read(task));
      } catch (NoSuchFileException e) {
        // The thread has just ended; the process has its time.
      }
    }
    return new ProcessCost(read(SELF), threads);
  }

  /** Prints what has been added since, for each of so many operations. */
  void print(ProcessCost start, int operations) {
    long switches = 0;
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, Ticks> thread : threads.entrySet()) {
      Ticks now = thread.getValue();
      Ticks then = start.threads.getOrDefault(thread.getKey(), new Ticks(now.name, 0, 0, 0));
      long added = now.switches - then.switches;
      switches += added;
      if (added > 0 || now.us() > then.us()) {
        lines.append(line("  " + now.name, then, now, added, operations));
      }
    }
    System.out.print(line("process", start.process, process, switches, operations) + lines);
  }

  private static String line(String name, Ticks then, Ticks now, long switches, int operations) {
    return String.format(
        Locale.ROOT,
        "%-18s cpu_us=%.1f user_us=%.1f system_us=%.1f voluntary=%.2f%n",
        name,
        (now.us() - then.us()) / operations,
        (now.user - then.user) * TICK_US / operations,
        (now.system - then.system) * TICK_US / operations,
        (double) switches / operations);
  }

  private static Ticks read(Path folder) throws IOException {
    String stat = Files.readString(folder.resolve("stat"));
    int nameEnd = stat.lastIndexOf(')');
    String[] fields = stat.substring(nameEnd + 2).split(" ", -1);
    long switches = 0;
    for (String line : Files.readAllLines(folder.resolve("status"))) {
      if (line.startsWith("voluntary_ctxt_switches:")) {
        switches = Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
      }
    }
    return new Ticks(
        stat.substring(stat.indexOf('(') + 1, nameEnd),
        Long.parseLong(fields[USER]),
        Long.parseLong(fields[SYSTEM]),
        switches);
  }
}
