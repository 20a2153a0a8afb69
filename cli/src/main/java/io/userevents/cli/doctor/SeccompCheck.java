// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

/** Whether a seccomp filter lies over this process, which may refuse perf_event_open. */
final class SeccompCheck implements Check {

  @Override
  public String name() {
    return "seccomp";
  }

  @Override
  public Finding look(Machine machine) {
    return ProcessRights.of(machine).seccomp() == 0
        ? Finding.ok("no filter")
        : Finding.note(
            "a filter lies over this process, as containers have it; it may refuse"
                + " perf_event_open",
            "a profile that permits perf_event_open, if reading by perf is refused below",
            null);
  }
}
