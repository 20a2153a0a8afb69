// SPDX-License-Identifier: Apache-2.0
package io.userevents.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The unit of the archive, started by systemd on a kernel with user_events. That kernel has no
 * seccomp, so {@code SystemCallFilter=} is not tested.
 */
final class UnitInMachineTest {

  private static final String CAP_PERFMON = "0000004000000000";

  @TempDir Path folder;

  @BeforeEach
  void requireMachine() {
    boolean asked = Boolean.getBoolean("userevents.kernel");
    if (!asked) {
      System.out.println(
          "test of the unit skipped: it boots a kernel in QEMU; run it with mvn -B verify"
              + " -Pkernel");
    }
    assumeTrue(asked, "the profile kernel is not active");
    Command.require("systemd-analyze", "systemd");
  }

  @Test
  void shouldReadWithOneCapabilityAsAUserOfSystemdAndAsRootOfAPod() throws Exception {
    Path home = Archive.unpack(folder);

    Command.Result found =
        Command.run(
            Path.of("..", "kernel", "machine", "run").toString(),
            "--",
            Path.of("src", "test", "sh", "boot-unit").toAbsolutePath().toString(),
            home.toString(),
            System.getProperty("java.home", ""));

    assertThat(found.status()).as(found.text()).isZero();
    assertThat(found.text().lines())
        .as(found.text())
        .contains(
            "FRESH 700 root root 640 root root paranoid 4",
            "INSTALLED 751 root user-events 660 root user-events-writers paranoid 2",
            "LOST 700 root root 640 root root paranoid 4",
            "BOOTED 751 root user-events 660 root user-events-writers paranoid 2",
            "USER user-events groups user-events user-events-writers",
            "CAPABILITIES " + CAP_PERFMON,
            "BOUNDING " + CAP_PERFMON,
            "NO_NEW_PRIVILEGES 1",
            "LOCKED 67108864",
            "CANNOT_WRITE tracing_on",
            "WRITES user_events_data",
            "WORLD_READABLE_FILES 0",
            "WRITER writes user_events_data",
            "WRITER cannot read trace")
        .anyMatch(line -> line.matches("DEMO points exported=(\\d+) received=\\1 .*"))
        .anyMatch(line -> line.matches("RECEIVED [1-9].*"))
        // The mount unit set the group, which folders of new events get.
        .anyMatch(line -> line.matches("MOUNTED .*\\bgid=[1-9].*"))
        .contains("READY 200", "LIVE 200", "SPOOL 700 user-events")
        // The DaemonSet's rights.
        .contains("POD_CAPABILITIES " + CAP_PERFMON, "POD_STATUS 0");
    assertThat(found.text().lines().filter(line -> line.startsWith("METRIC ")))
        .as("the metrics that docs/operations.md names, and the alert rules use")
        .map(line -> line.replace("METRIC ", ""))
        .containsExactlyInAnyOrderElementsOf(PrometheusRulesTest.documented());
  }
}
