// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Checks the setting perf_event_paranoid. With -1, every user may read tracepoints by perf. Above
 * that, only a process with CAP_PERFMON may ({@code perf_allow_tracepoint} in {@code
 * include/linux/perf_event.h}).
 *
 * <p>Mainline Linux does not distinguish values above 2. At such a value, kernels of Debian (3 by
 * default) and Ubuntu (4) refuse perf to all processes without CAP_SYS_ADMIN, so CAP_PERFMON is not
 * enough ({@code perf_paranoid_any} in {@code kernel/events/core.c} of Debian's linux 6.12.117-1;
 * Ubuntu's newer kernels do so from 4 on, and other versions of this patch let CAP_PERFMON pass).
 * No file identifies these kernels, so the attempt decides.
 */
final class PerfParanoidCheck implements Check {

  static final Path SETTING = Path.of("/proc/sys/kernel/perf_event_paranoid");

  /**
   * The highest value that mainline Linux knows. With it, CAP_PERFMON is enough on every kernel.
   */
  private static final int HIGHEST = 2;

  /** The command that sets the highest value until the next boot. */
  static final String LOWER = "sysctl kernel.perf_event_paranoid=" + HIGHEST;

  static final String LOWER_FOR_GOOD =
      "kernel.perf_event_paranoid="
          + HIGHEST
          + " (in /etc/sysctl.d for good), since kernels of Debian and Ubuntu ask for CAP_SYS_ADMIN"
          + " above that";

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
          "missing: this kernel has no perf", "CONFIG_PERF_EVENTS=y, to read by perf", null);
    }
    ProcessRights rights = ProcessRights.of(machine);
    if (value.startsWith("-")) {
      return Finding.ok(value + ": any user may read tracepoints");
    }
    if (isAboveLinux(value) && !rights.has(ProcessRights.CAP_SYS_ADMIN)) {
      return rights.mayUsePerf() && machine.readByPerf().works()
          ? Finding.ok(value + ", which lets CAP_PERFMON pass on this kernel")
          : Finding.note(
              value + ", and this process has no CAP_SYS_ADMIN", LOWER_FOR_GOOD, "sudo " + LOWER);
    }
    return rights.mayUsePerf()
        ? Finding.ok(value + ", and this process has CAP_PERFMON")
        : Finding.note(
            value + ", and this process has no CAP_PERFMON",
            "CAP_PERFMON for the listener alone; -1 would open every tracepoint to every user",
            rights.withPerfmon("user-events listen"));
  }

  /** Returns whether CAP_PERFMON may not be enough because of the setting's value. */
  static boolean isAboveLinux(Machine machine) {
    try {
      return isAboveLinux(machine.read(SETTING).strip());
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isAboveLinux(String value) {
    try {
      return Integer.parseInt(value) > HIGHEST;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
