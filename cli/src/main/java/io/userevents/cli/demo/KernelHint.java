// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Describes how to run the demo on a kernel if this process cannot use the running kernel. */
final class KernelHint {

  /**
   * A setting that every kernel with CONFIG_USER_EVENTS has since 6.4 ({@code
   * kernel/trace/trace_events_user.c}) and that every user can see. Only root can see tracefs.
   */
  private static final Path SETTING = Path.of("/proc/sys/kernel/user_events_max");

  private static final String TEST_MACHINE =
      "'./user-events demo --kernel' runs the demo on the test kernel, in QEMU";

  private static final String DOCTOR = "'user-events doctor' names what is missing";

  private KernelHint() {}

  static String ofThisMachine() {
    return of(Files.exists(SETTING), isRoot(), KernelMachine.isAvailable());
  }

  /**
   * @param hasUserEvents whether the running kernel has user_events
   * @param isRoot whether this process runs as root, for whom sudo changes nothing
   * @param hasTestMachine whether the command was started from the project's sources
   */
  static String of(boolean hasUserEvents, boolean isRoot, boolean hasTestMachine) {
    boolean sudoHelps = hasUserEvents && !isRoot;
    if (!hasTestMachine) {
      return sudoHelps
          ? "run the demo as root, since this kernel has user_events; " + DOCTOR
          : DOCTOR;
    }
    return sudoHelps
        ? "'sudo ./user-events demo' runs the demo on this kernel, which has user_events; "
            + TEST_MACHINE
        : TEST_MACHINE;
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }
}
