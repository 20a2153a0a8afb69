// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the process of a thread, because ftrace reports only the thread. Used by one thread. */
final class ProcessTable {

  private static final Pattern PROCESS = Pattern.compile("(?m)^Tgid:\\s+(\\d{1,9})$");
  private static final int MAX_THREADS = 4096;

  /** The kernel reuses numbers, but not soon. */
  private static final long LIFETIME_NS = TimeUnit.SECONDS.toNanos(10);

  private final Path proc;
  private final Map<Integer, Integer> processes = new HashMap<>();
  private long begunNs = System.nanoTime();

  ProcessTable() {
    this(Path.of("/proc"));
  }

  ProcessTable(Path proc) {
    this.proc = proc;
  }

  /**
   * Returns the number of the process; 0 if the thread has ended or is in another pid namespace.
   */
  int processOf(int tid) {
    long now = System.nanoTime();
    if (processes.size() == MAX_THREADS || now - begunNs > LIFETIME_NS) {
      processes.clear();
      begunNs = now;
    }
    return processes.computeIfAbsent(tid, this::read);
  }

  private int read(int tid) {
    try {
      // The kernel has a folder for each thread, although it lists only the folders of processes.
      String status = Files.readString(proc.resolve(tid + "/status"));
      Matcher matcher = PROCESS.matcher(status);
      return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
