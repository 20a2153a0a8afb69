// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import io.userevents.listener.internal.DefaultInstanceName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds ftrace instances that a killed listener has left behind. Applications continue to export to
 * them. A running listener has files of its instance open, and the kernel does not remove such an
 * instance. Instances with names chosen by users are left alone.
 */
final class StaleInstancesCheck implements Check {

  private final boolean removes;

  /**
   * @param removes whether to remove them
   */
  StaleInstancesCheck(boolean removes) {
    this.removes = removes;
  }

  @Override
  public String name() {
    return "stale instances";
  }

  @Override
  public Finding look(Machine machine) {
    Path instances = machine.tracefs().resolve("instances");
    List<String> stale = new ArrayList<>();
    try {
      for (String name : machine.list(instances)) {
        String folder = instances.resolve(name) + "/";
        if (DefaultInstanceName.matches(name)
            && OpenFiles.of(machine, target -> target.startsWith(folder)).isEmpty()) {
          stale.add(name);
        }
      }
    } catch (IOException e) {
      return Finding.skipped(
          TracefsCheck.isMissing(machine)
              ? "tracefs is not mounted"
              : "this user cannot list " + instances);
    }
    if (stale.isEmpty()) {
      return Finding.ok("none");
    }
    if (removes) {
      return remove(machine, instances, stale);
    }
    return seesAllProcesses(machine) ? report(stale) : reportUnseen(stale);
  }

  /**
   * Only some users can see the open files of other processes, and nobody can see those outside the
   * pid namespace.
   */
  private static boolean seesAllProcesses(Machine machine) {
    return ProcessRights.of(machine).has(ProcessRights.CAP_SYS_PTRACE)
        && PidNamespaceCheck.isInitial(machine);
  }

  private static Finding reportUnseen(List<String> unseen) {
    return Finding.note(
        String.join(", ", unseen)
            + ": no process that this user can see reads them, so they may be left behind",
        "root in the initial pid namespace, to decide",
        "sudo user-events doctor");
  }

  private static Finding report(List<String> stale) {
    return Finding.note(
        String.join(", ", stale) + ": no process reads them, and applications may export to them",
        "none",
        "sudo user-events doctor --fix");
  }

  private static Finding remove(Machine machine, Path instances, List<String> stale) {
    List<String> kept = new ArrayList<>();
    for (String name : stale) {
      try {
        machine.remove(instances.resolve(name));
      } catch (IOException e) {
        kept.add(name + " (" + e.getMessage() + ")");
      }
    }
    int removed = stale.size() - kept.size();
    return kept.isEmpty()
        ? Finding.ok("removed " + String.join(", ", stale))
        : Finding.note(
            "removed " + removed + ", could not remove " + String.join(", ", kept),
            "none; an instance that another namespace reads stays until its listener ends",
            "sudo user-events doctor --fix");
  }
}
