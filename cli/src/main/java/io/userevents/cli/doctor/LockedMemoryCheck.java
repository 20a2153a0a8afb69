// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks how much memory this user may lock for perf rings: perf_event_mlock_kb for each CPU, plus
 * the process's RLIMIT_MEMLOCK ({@code perf_mmap} in {@code kernel/events/core.c}).
 */
final class LockedMemoryCheck implements Check {

  static final Path SETTING = Path.of("/proc/sys/kernel/perf_event_mlock_kb");
  static final Path LIMITS = Path.of("/proc/self/limits");

  /** The smallest ring of a CPU, unless a page is larger. */
  private static final int MIN_RING_LENGTH = 16 * 1024;

  private static final Pattern LIMIT =
      Pattern.compile("(?m)^Max locked memory\\s+(unlimited|\\d+)");

  @Override
  public String name() {
    return "locked memory";
  }

  @Override
  public Finding look(Machine machine) {
    long perCpuKb;
    try {
      perCpuKb = Long.parseLong(machine.read(SETTING).strip());
    } catch (IOException | NumberFormatException e) {
      return Finding.skipped("cannot read " + SETTING);
    }
    if (ProcessRights.of(machine).has(ProcessRights.CAP_IPC_LOCK)) {
      return Finding.ok("not limited: this process has CAP_IPC_LOCK");
    }
    int cpus = Cpus.online(machine).size();
    String limit = limit(machine);
    String found =
        perCpuKb
            + " KiB for each of "
            + cpus
            + " CPUs (perf_event_mlock_kb), which all listeners of a user share, and "
            + limit
            + " (RLIMIT_MEMLOCK)";
    int minCpuKb = minCpuKb(machine.pageLength());
    return perCpuKb >= minCpuKb || limit.equals("unlimited")
        ? Finding.ok(found)
        : Finding.note(
            found,
            minCpuKb + " KiB or more for each CPU",
            "sudo sysctl kernel.perf_event_mlock_kb=516");
  }

  /** Returns the memory for one CPU: the ring, and a page of control data before it. */
  private static int minCpuKb(int pageLength) {
    return (Math.max(MIN_RING_LENGTH, pageLength) + pageLength) / 1024;
  }

  private static String limit(Machine machine) {
    try {
      Matcher matcher = LIMIT.matcher(machine.read(LIMITS));
      if (matcher.find()) {
        String bytes = matcher.group(1);
        return bytes.equals("unlimited") ? bytes : Long.parseLong(bytes) / 1024 + " KiB";
      }
    } catch (IOException | NumberFormatException e) {
      return "an unknown limit";
    }
    return "an unknown limit";
  }
}
