// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Checks whether the kernel is locked down. With {@code confidentiality} it refuses tracefs and
 * perf, also to root ({@code include/linux/security.h}).
 */
final class LockdownCheck implements Check {

  static final Path STATE = Path.of("/sys/kernel/security/lockdown");

  @Override
  public String name() {
    return "lockdown";
  }

  @Override
  public Finding look(Machine machine) {
    String state;
    try {
      state = machine.read(STATE).strip();
    } catch (IOException e) {
      return Finding.ok("none visible");
    }
    if (state.contains("[confidentiality]")) {
      return Finding.fail(
          "confidentiality: the kernel refuses tracefs and perf to all users",
          "lockdown none or integrity, chosen on the kernel's command line: lockdown=integrity",
          null);
    }
    return Finding.ok(state.replaceAll(".*\\[(\\w+)].*", "$1"));
  }
}
