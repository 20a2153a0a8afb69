// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The setting perf_event_paranoid: with -1 anybody may read tracepoints by perf, above that only
 * who has CAP_PERFMON ({@code perf_allow_tracepoint} in {@code include/linux/perf_event.h}).
 */
final class PerfParanoidCheck implements Check {

  static final Path SETTING = Path.of("/proc/sys/kernel/perf_event_paranoid");

  @Override
  public String name() {
    return "perf_event_paranoid";
  }

  @Override
  public Finding look(Machine machine) {
    String value;
    try {
      value = machine.read(SETTING).strip();
    } catch (IOException e) {
      return Finding.note(
          "not there: this kernel has no perf", "CONFIG_PERF_EVENTS=y, to read by perf", null);
    }
    ProcessRights rights = ProcessRights.of(machine);
    if (value.startsWith("-")) {
      return Finding.ok(value + ": any user may read tracepoints");
    }
    return rights.mayUsePerf()
        ? Finding.ok(value + ", and this process has CAP_PERFMON")
        : Finding.note(
            value + ", and this process has no CAP_PERFMON",
            "CAP_PERFMON for the listener alone; -1 would open every tracepoint to every user",
            rights.withPerfmon("user-events listen"));
  }
}
