// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says how the demo can be run on a kernel where this process could not use the one that runs. */
final class KernelHint {

  /**
   * A setting that every kernel with CONFIG_USER_EVENTS has since 6.4 ({@code
   * kernel/trace/trace_events_user.c}), and that anybody can see; tracefs itself is closed to
   * others than root.
   */
  private static final Path SETTING = Path.of("/proc/sys/kernel/user_events_max");

  private static final String TEST_MACHINE =
      "'./user-events demo --kernel' runs the demo on a kernel of its own, in QEMU";

  private KernelHint() {}

  static String ofThisMachine() {
    return of(Files.exists(SETTING), isRoot());
  }

  /**
   * @param hasUserEvents whether the running kernel has user_events
   * @param isRoot whether this process is root's, for whom sudo changes nothing
   */
  static String of(boolean hasUserEvents, boolean isRoot) {
    return hasUserEvents && !isRoot
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
