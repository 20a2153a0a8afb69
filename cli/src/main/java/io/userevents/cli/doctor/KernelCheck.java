// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the kernel's version, and whether it was built with user_events. */
final class KernelCheck implements Check {

  static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");

  /** A setting of every kernel with CONFIG_USER_EVENTS since 6.4. Every user can see it. */
  static final Path SETTING = Path.of("/proc/sys/kernel/user_events_max");

  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");
  private static final String WANTED = "Linux 6.4 or newer with CONFIG_USER_EVENTS=y";
  private static final String TRY = "./user-events demo --kernel   # the test kernel, in QEMU";

  private static final String OR_TEST_MACHINE =
      "; docs/getting-started.md#in-the-test-machine runs your service on the test kernel";

  /** The property with the folder of the project's sources. Their launcher sets it. */
  private static final String HOME_PROPERTY = "userevents.home";

  /** Boots the test kernel. The archive does not have it. */
  private static final String TEST_MACHINE = "kernel/machine/run";

  @Override
  public String name() {
    return "kernel";
  }

  @Override
  public Finding look(Machine machine) {
    String release;
    try {
      release = machine.read(RELEASE).strip();
    } catch (IOException e) {
      return Finding.fail("not Linux: cannot read " + RELEASE, WANTED, null);
    }
    if (machine.exists(SETTING)) {
      return Finding.ok(release + " with CONFIG_USER_EVENTS");
    }
    boolean hasTestMachine = hasTestMachine(machine);
    return Finding.fail(
        release + (isNewEnough(release) ? " without CONFIG_USER_EVENTS" : ", which is too old"),
        WANTED + (hasTestMachine ? OR_TEST_MACHINE : ""),
        hasTestMachine ? TRY : null);
  }

  /**
   * The finding of a check that failed because the kernel has no user_events; see its own check.
   */
  static Finding skippedWithoutUserEvents() {
    return Finding.skipped("the kernel has no user_events");
  }

  private static boolean hasTestMachine(Machine machine) {
    String home = machine.property(HOME_PROPERTY);
    return !home.isEmpty() && machine.exists(Path.of(home, TEST_MACHINE));
  }

  private static boolean isNewEnough(String release) {
    Matcher version = VERSION.matcher(release);
    if (!version.lookingAt()) {
      return false;
    }
    int major = Integer.parseInt(version.group(1));
    return major > 6 || (major == 6 && Integer.parseInt(version.group(2)) >= 4);
  }
}
