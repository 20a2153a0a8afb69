// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;

/** Checks whether this process is in the kernel's initial pid namespace. */
final class PidNamespaceCheck implements Check {

  static final Path NAMESPACE = Path.of("/proc/self/ns/pid");

  /** {@code PROC_PID_INIT_INO} of {@code include/linux/proc_ns.h}. */
  private static final String FIRST = "pid:[4026531836]";

  /** Returns whether this process sees all others. Returns false if that is unknown. */
  static boolean isInitial(Machine machine) {
    try {
      return machine.readLink(NAMESPACE).equals(FIRST);
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public String name() {
    return "pid namespace";
  }

  @Override
  public Finding look(Machine machine) {
    String namespace;
    try {
      namespace = machine.readLink(NAMESPACE);
    } catch (IOException e) {
      return Finding.skipped("cannot read " + NAMESPACE);
    }
    return namespace.equals(FIRST)
        ? Finding.ok("the first one")
        : Finding.note(
            namespace + ", as in containers: processes outside of it have no number here",
            "the host's pid namespace, to filter by --pid",
            null);
  }
}
