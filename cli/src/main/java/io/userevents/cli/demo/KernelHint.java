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

  private KernelHint() {}

  static String ofThisMachine() {
    return of(Files.exists(SETTING), isRoot());
  }

  /**
   * @param hasUserEvents whether the running kernel has user_events
   * @param isRoot whether this process runs as root, for whom sudo changes nothing
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
