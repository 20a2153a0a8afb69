// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rights of this process from {@code /proc/self/status} (proc_pid_status(5)).
 *
 * @param uid effective user
 * @param gid effective group
 * @param capabilities effective capabilities, one bit for each ({@code linux/capability.h})
 * @param seccomp 0 without, 1 strict, 2 with a filter
 */
record ProcessRights(int uid, int gid, long capabilities, int seccomp) {

  static final int CAP_IPC_LOCK = 14;
  static final int CAP_SYS_PTRACE = 19;
  static final int CAP_SYS_ADMIN = 21;
  static final int CAP_PERFMON = 38;

  private static final Path STATUS = Path.of("/proc/self/status");

  /**
   * Returns the rights of this process. Without {@code /proc}, returns those of a process without
   * rights.
   */
  static ProcessRights of(Machine machine) {
    String status;
    try {
      status = machine.read(STATUS);
    } catch (IOException e) {
      status = "";
    }
    return new ProcessRights(
        (int) number(status, "Uid:\\s+\\d+\\s+(\\d+)", 10, -1),
        (int) number(status, "Gid:\\s+\\d+\\s+(\\d+)", 10, -1),
        number(status, "CapEff:\\s+([0-9a-f]+)", 16, 0),
        (int) number(status, "Seccomp:\\s+(\\d+)", 10, 0));
  }

  boolean has(int capability) {
    return (capabilities >> capability & 1) != 0;
  }

  /** Does the same as the kernel's {@code perfmon_capable()}. */
  boolean mayUsePerf() {
    return has(CAP_PERFMON) || has(CAP_SYS_ADMIN);
  }

  /** Returns a shell command that runs a command as this user with CAP_PERFMON, through sudo. */
  String withPerfmon(String command) {
    return "sudo " + setpriv(command);
  }

  /** Returns the same as {@link #withPerfmon}, preceded by a command that root runs. */
  String withPerfmonAfter(String first, String command) {
    return "sudo sh -c '" + first + " && " + setpriv(command) + "'";
  }

  private String setpriv(String command) {
    return "setpriv --reuid="
        + uid
        + " --regid="
        + gid
        + " --init-groups --inh-caps=+perfmon --ambient-caps=+perfmon "
        + command;
  }

  private static long number(String status, String pattern, int radix, long otherwise) {
    Matcher matcher = Pattern.compile("(?m)^" + pattern).matcher(status);
    return matcher.find() ? Long.parseUnsignedLong(matcher.group(1), radix) : otherwise;
  }
}
