// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script that builds and starts the command, in a separate project with another Maven. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LauncherTest {

  private static final Path SCRIPT = Path.of("..", "user-events").toAbsolutePath().normalize();
  private static final String NOBODY = "65534";

  /** Builds for as long as a file is there. */
  private static final String MAVEN =
      """
      #!/bin/bash
      echo $$ >"$FOLDER/maven"
      while [ -e "$FOLDER/wait" ]; do sleep 0.05; done
      touch cli/target/user-events-cli.jar
      """;

  /** Records its arguments, and becomes the user in them. */
  private static final String SUDO =
      """
      #!/bin/bash
      echo "$*" >"$FOLDER/sudo"
      exec setpriv --reuid="${4#?}" --regid="${4#?}" --clear-groups "${@:5}"
      """;

  @TempDir private Path folder;
  private Path project;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void makeProject() throws IOException {
    // Also for another user, where the tests run as root.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    project = Files.createDirectories(folder.resolve("project"));
    Files.copy(SCRIPT, project.resolve("user-events"));
    Files.createFile(project.resolve("pom.xml"));
    for (String module : List.of("linux", "pipeline", "src", "listener", "agent", "cli")) {
      Files.createDirectories(project.resolve(module).resolve("src/main"));
      Files.createDirectories(project.resolve(module).resolve("main"));
      Files.createFile(project.resolve(module).resolve("pom.xml"));
    }
    Files.createDirectories(folder.resolve("bin"));
    Files.createDirectories(folder.resolve("tmp"));
    executable(folder.resolve("bin/mvn"), MAVEN);
    Files.setPosixFilePermissions(
        project.resolve("user-events"), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void endProcesses() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void shouldLeaveNothingBehindWhenTerminatedWhileBuilding() throws Exception {
    Files.createFile(folder.resolve("wait"));
    Process launcher = start("first");
    long maven = awaitMaven();
    assertThat(files(folder.resolve("tmp"))).hasSize(2);

    ChildProcess.signal("TERM", launcher.pid());

    assertThat(launcher.waitFor()).isEqualTo(143);
    assertThat(files(folder.resolve("tmp"))).isEmpty();
    assertThat(ProcessHandle.of(maven)).isEmpty();
    assertThat(project.resolve("cli/target/user-events.built")).doesNotExist();
  }

  /** The signal comes before the launcher has done anything after the start of the build. */
  @Test
  void shouldEndABuildThatHasJustBegun() throws Exception {
    Path script = project.resolve("user-events");
    String start = "  \"$@\" &\n";
    assertThat(script).content().contains(start);
    Files.writeString(script, Files.readString(script).replace(start, start + "  sleep 1\n"));
    Files.createFile(folder.resolve("wait"));
    Process launcher = start("first");
    long maven = awaitMaven();

    ChildProcess.signal("TERM", launcher.pid());

    assertThat(launcher.waitFor()).isEqualTo(143);
    assertThat(ProcessHandle.of(maven)).isEmpty();
    assertThat(files(folder.resolve("tmp"))).isEmpty();
  }

  @Test
  void shouldSayThatItWaitsForAnotherBuild() throws Exception {
    Files.createFile(folder.resolve("wait"));
    Process first = start("first");
    long unused = awaitMaven();

    Process second = start("second");
    await(() -> errors("second").contains("another call is building the command; waiting for it"));
    Files.delete(folder.resolve("wait"));

    // The archive is an empty file, of which java says so.
    assertThat(first.waitFor()).isEqualTo(1);
    assertThat(second.waitFor()).isEqualTo(1);
    assertThat(errors("second")).doesNotContain("building the command, which");
    assertThat(project.resolve("cli/target/user-events.built")).exists();
    assertThat(files(folder.resolve("tmp"))).isEmpty();
  }

  @Test
  void shouldEndAtOnceWhenTerminatedWhileWaiting() throws Exception {
    Files.createFile(folder.resolve("wait"));
    Process first = start("first");
    long unused = awaitMaven();
    Process second = start("second");
    await(() -> errors("second").contains("waiting for it"));

    ChildProcess.signal("TERM", second.pid());

    assertThat(second.waitFor()).isEqualTo(143);
    assertThat(first.isAlive()).isTrue();
  }

  @Test
  void shouldSayWhoOwnsATargetThatItCannotWriteTo() throws Exception {
    Path target = Files.createDirectories(project.resolve("linux/target"));
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));

    Process launcher = startAsOtherThanRoot("first");

    assertThat(launcher.waitFor()).isEqualTo(1);
    assertThat(errors("first").lines()).hasSize(1);
    assertThat(errors("first"))
        .startsWith("user-events: ")
        .contains("cannot write to " + target, "sudo chown -R")
        .doesNotContain("ermission denied");
  }

  @Test
  void shouldBuildAsTheOwnerOfTheSourcesUnderSudo() throws Exception {
    if (!isRoot()) {
      System.out.println("skipped: only root can be another user");
    }
    assumeTrue(isRoot(), "only root can be another user");
    executable(folder.resolve("bin/sudo"), SUDO);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:uid", Integer.parseInt(NOBODY));
      }
    }
    ProcessBuilder builder = builder("first", List.of());
    builder.environment().put("SUDO_UID", NOBODY);

    Process launcher = started(builder);

    // The archive is an empty file, of which java says so to the owner.
    assertThat(launcher.waitFor()).isEqualTo(1);
    assertThat(errors("first")).containsOnlyOnce("building the command");
    assertThat(Files.readString(folder.resolve("sudo"))).startsWith("-n -H -u #" + NOBODY + " ");
    for (String file : List.of("user-events-cli.jar", "user-events.built", ".building")) {
      assertThat(Files.getAttribute(project.resolve("cli/target").resolve(file), "unix:uid"))
          .isEqualTo(Integer.parseInt(NOBODY));
    }
  }

  @Test
  void shouldBuildAgainWhenAnyModuleHasChanged() throws Exception {
    assertThat(start("first").waitFor()).isEqualTo(1);
    assertThat(errors("first")).contains("building the command");
    assertThat(start("second").waitFor()).isEqualTo(1);
    assertThat(errors("second")).doesNotContain("building the command");

    Files.createFile(project.resolve("linux/src/main/New.java"));

    assertThat(start("third").waitFor()).isEqualTo(1);
    assertThat(errors("third")).contains("building the command");
  }

  @Test
  void shouldWorkWithoutHome() throws Exception {
    ProcessBuilder builder = builder("first", List.of());
    builder.environment().remove("HOME");

    assertThat(started(builder).waitFor()).isEqualTo(1);

    assertThat(errors("first")).contains("building the command").doesNotContain("unbound");
  }

  /** The first Java that warns of a call of libc, and the first that warns of Unsafe. */
  @ParameterizedTest
  @CsvSource({
    "17.0.15, ''",
    "22.0.2, --enable-native-access=ALL-UNNAMED",
    "25.0.3, --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
  })
  void shouldPassTheFlagsThatKeepTheJvmFromWarnings(String version, String flags) throws Exception {
    Path home = Files.createDirectories(folder.resolve("java"));
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    executable(home.resolve("bin/javac"), "#!/bin/sh\n");
    executable(home.resolve("bin/java"), "#!/bin/sh\necho \"$*\" >\"$FOLDER/called\"\n");
    ProcessBuilder builder = builder("first", List.of());
    builder.environment().put("JAVA_HOME", home.toString());

    assertThat(started(builder).waitFor()).as(errors("first")).isZero();

    assertThat(Files.readString(folder.resolve("called")).strip())
        .isEqualTo(
            "-Duserevents.home=%s %s -jar %s/cli/target/user-events-cli.jar"
                .formatted(project, flags, project)
                .replaceAll(" +", " "));
  }

  private long awaitMaven() throws Exception {
    Path file = folder.resolve("maven");
    await(() -> Files.exists(file) && Files.readString(file).endsWith("\n"));
    return Long.parseLong(Files.readString(file).strip());
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  /** The test's time limit ends it. */
  private static void await(Condition condition) throws Exception {
    while (!condition.holds()) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private Process start(String name) throws IOException {
    return started(builder(name, List.of()));
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private Process startAsOtherThanRoot(String name) throws IOException {
    return started(
        builder(
            name,
            isRoot()
                ? List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups")
                : List.of()));
  }

  private ProcessBuilder builder(String name, List<String> prefix) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(project.resolve("user-events").toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .merge("PATH", folder.resolve("bin").toString(), (old, bin) -> bin + ":" + old);
    builder.environment().put("FOLDER", folder.toString());
    builder.environment().put("TMPDIR", folder.resolve("tmp").toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(folder.resolve(name).toFile());
  }

  private Process started(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private String errors(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      // Of the JVM, which other tests start too.
      return files.filter(file -> !file.getFileName().toString().startsWith("hsperf")).toList();
    }
  }

  private static void executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
