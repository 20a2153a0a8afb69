// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

/** Checks whether a seccomp filter applies to this process. It may refuse perf_event_open. */
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
            "a filter applies to this process, as in containers; it may refuse"
                + " perf_event_open",
            "a profile that permits perf_event_open, if reading by perf is refused below",
            null);
  }
}
