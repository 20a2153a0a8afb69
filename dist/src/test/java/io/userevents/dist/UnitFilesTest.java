// SPDX-License-Identifier: Apache-2.0
package io.userevents.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the files for systemd with the programs of systemd. */
final class UnitFilesTest {

  private static final Path SYSTEMD = Archive.SOURCES.resolve("systemd");
  private static final String UNIT = "user-events-forward.service";
  private static final String LAUNCHER = "/opt/user-events/bin/user-events";

  @TempDir Path folder;

  @BeforeEach
  void requireSystemd() {
    Command.require("systemd-analyze", "systemd");
  }

  @Test
  void shouldHaveAUnitInWhichSystemdFindsNoFault() throws Exception {
    assertThat(verify(unit())).isEqualTo(new Command.Result(0, ""));
  }

  @Test
  void shouldNoticeAFaultInAUnit() throws Exception {
    String misspelt = unit().replace("ProtectClock=", "ProtectClok=");

    assertThat(verify(misspelt).text()).contains("ProtectClok");
  }

  /**
   * The exposure by systemd's scale, from 0 (safe) to 10. A service without any of these lines has
   * 9.6.
   */
  @Test
  void shouldExposeLittle() throws Exception {
    Path file = folder.resolve(UNIT);
    Files.writeString(file, unit());

    Command.Result found =
        Command.run(
            "systemd-analyze", "security", "--offline=true", "--threshold=25", file.toString());

    assertThat(found.status()).as(found.text()).isZero();
  }

  @Test
  void shouldGiveTheServiceOneCapability() throws Exception {
    assertThat(unit().lines().filter(line -> line.contains("CAP_") && !line.startsWith("#")))
        .containsExactly("AmbientCapabilities=CAP_PERFMON", "CapabilityBoundingSet=CAP_PERFMON");
  }

  @Test
  void shouldUseOptionsThatTheCommandHas() throws Exception {
    String command =
        unit()
            .replace("\\\n", "")
            .lines()
            .filter(line -> line.startsWith("ExecStart="))
            .findFirst()
            .orElse("");
    List<String> options =
        Pattern.compile("--[a-z-]+").matcher(command).results().map(MatchResult::group).toList();

    Command.Result help =
        Command.run(
            Map.of("JAVA_HOME", System.getProperty("java.home", "")),
            List.of(
                Archive.unpack(folder).resolve("bin/user-events").toString(), "forward", "--help"));

    assertThat(help.status()).as(help.text()).isZero();
    assertThat(options).hasSizeGreaterThan(3);
    assertThat(help.text()).contains(options);
  }

  @Test
  void shouldHaveADropInForTheMountOfTracefsInWhichSystemdFindsNoFault() throws Exception {
    Path mount = folder.resolve("sys-kernel-tracing.mount");
    Files.writeString(
        mount,
        """
        [Unit]
        DefaultDependencies=no
        Before=sysinit.target
        [Mount]
        What=tracefs
        Where=/sys/kernel/tracing
        Type=tracefs
        Options=nosuid,nodev,noexec
        """);
    Path dropIn = folder.resolve("sys-kernel-tracing.mount.d/user-events.conf");
    Files.createDirectories(folder.resolve("sys-kernel-tracing.mount.d"));
    Files.copy(SYSTEMD.resolve("sys-kernel-tracing.mount.d/user-events.conf"), dropIn);

    Command.Result found =
        Command.run(
            Map.of("SYSTEMD_UNIT_PATH", folder + ":"),
            List.of("systemd-analyze", "verify", "--man=no", mount.toString()));

    assertThat(found).isEqualTo(new Command.Result(0, ""));
  }

  /** Runs in a separate root: creates the users, then sets the rights of tracefs. */
  @Test
  void shouldMakeTheUsersAndSetTheRightsOfTracefs() throws Exception {
    boolean isRoot = Command.run("id", "-u").text().strip().equals("0");
    if (!isRoot) {
      System.out.println("test of sysusers and tmpfiles skipped: it needs root to change owners");
    }
    assumeTrue(isRoot, "not root");
    Path tracefs = Files.createDirectories(folder.resolve("sys/kernel/tracing"));
    Path dataFile = Files.createFile(tracefs.resolve("user_events_data"));
    Files.createDirectories(folder.resolve("etc"));

    Command.Result users =
        Command.run(
            "systemd-sysusers",
            "--root=" + folder,
            SYSTEMD.resolve("user-events.sysusers.conf").toAbsolutePath().toString());
    Command.Result rights =
        Command.run(
            "systemd-tmpfiles",
            "--create",
            "--root=" + folder,
            SYSTEMD.resolve("user-events.tmpfiles.conf").toAbsolutePath().toString());

    assertThat(users.status()).as(users.text()).isZero();
    assertThat(rights).isEqualTo(new Command.Result(0, ""));
    String group = Files.readString(folder.resolve("etc/group"));
    assertThat(group).containsPattern("(?m)^user-events-writers:x:\\d+:user-events$");
    assertThat(Files.readString(folder.resolve("etc/passwd"))).containsPattern("(?m)^user-events:");
    assertThat(rights(tracefs)).isEqualTo("751 0 " + gid(group, "user-events"));
    assertThat(rights(dataFile)).isEqualTo("660 0 " + gid(group, "user-events-writers"));
  }

  private Command.Result verify(String unit) throws IOException, InterruptedException {
    Path launcher = Archive.unpack(folder).resolve("bin/user-events");
    Path file = folder.resolve(UNIT);
    Files.writeString(file, unit.replace(LAUNCHER, launcher.toString()));
    return Command.run(
        Map.of("SYSTEMD_UNIT_PATH", folder + ":"),
        List.of("systemd-analyze", "verify", "--man=no", file.toString()));
  }

  private static String unit() throws IOException {
    return Files.readString(SYSTEMD.resolve(UNIT));
  }

  private static String rights(Path file) throws IOException, InterruptedException {
    return Command.run("stat", "-c", "%a %u %g", file.toString()).text().strip();
  }

  private static String gid(String groups, String name) {
    return groups
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.split(":", -1)[2])
        .findFirst()
        .orElse("");
  }
}
