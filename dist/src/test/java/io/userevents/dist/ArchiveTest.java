// SPDX-License-Identifier: Apache-2.0
package io.userevents.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The archive, unpacked, and its launcher. */
final class ArchiveTest {

  private static final Map<String, String> THIS_JAVA =
      Map.of("JAVA_HOME", System.getProperty("java.home", ""));

  private static final Path RECORDED =
      Path.of("..", "listener/src/test/resources/io/userevents/listener/file");

  /** The target of a link or a picture in a page. */
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  @TempDir static Path folder;
  private static Path home = Path.of("");
  private static String launcher = "";

  @BeforeAll
  static void unpack() throws Exception {
    home = Archive.unpack(folder);
    launcher = home.resolve("bin/user-events").toString();
  }

  @Test
  void shouldTellTheVersion() throws Exception {
    Command.Result found = Command.run(THIS_JAVA, List.of(launcher, "--version"));

    assertThat(found.status()).as(found.text()).isZero();
    assertThat(found.text()).contains(Archive.VERSION);
  }

  @Test
  void shouldRunThroughALinkFromAnotherFolder() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("user-events"), Path.of(launcher));

    Command.Result found = Command.run(THIS_JAVA, List.of(link.toString(), "listen", "--help"));

    assertThat(found.status()).as(found.text()).isZero();
    assertThat(found.text()).contains("--event");
  }

  @Test
  void shouldPassOptionsOfTheJvmAndStatusOn() throws Exception {
    Command.Result found =
        Command.run(
            Map.of(
                "JAVA_HOME",
                System.getProperty("java.home", ""),
                "USER_EVENTS_JAVA_OPTIONS",
                "-Xmx64m -XX:+PrintFlagsFinal"),
            List.of(launcher, "listen", "--nonsense"));

    assertThat(found.status()).isEqualTo(64);
    assertThat(found.text()).contains("MaxHeapSize").contains("= 67108864");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shouldHaveTheJvmPrintNothingOnANewerJava(List<String> command) throws Exception {
    Path jdk = Path.of("..", "linux/target/foreign-jdk");
    if (!Files.exists(jdk)) {
      System.out.println("skipped: the build has found no JDK 22 or newer");
    }
    assumeTrue(Files.exists(jdk), "no JDK 22 or newer");
    List<String> line = new ArrayList<>(List.of(launcher));
    line.addAll(command);

    Command.Result found = Command.run(Map.of("JAVA_HOME", Files.readString(jdk)), line);

    assertThat(found.text()).isNotEmpty().doesNotContain("WARNING: ");
  }

  /** System calls, the pipeline and the encoder, and the native library for compressed files. */
  static Stream<List<String>> commands() throws IOException {
    Path compressed = folder.resolve("compressed.data");
    try (InputStream file =
        new GZIPInputStream(Files.newInputStream(RECORDED.resolve("perf-zstd.data.gz")))) {
      Files.copy(file, compressed, StandardCopyOption.REPLACE_EXISTING);
    }
    return Stream.of(List.of("doctor"), List.of("demo"), List.of("decode", compressed.toString()));
  }

  @Test
  void shouldSayThatThereIsNoJavaInJavaHome() throws Exception {
    Command.Result found =
        Command.run(Map.of("JAVA_HOME", folder.toString()), List.of(launcher, "--version"));

    assertThat(found)
        .isEqualTo(
            new Command.Result(
                1, "user-events: no java in JAVA_HOME=" + folder + "; correct or unset it\n"));
  }

  @Test
  void shouldRefuseAnOldJava() throws Exception {
    Path old = folder.resolve("old");
    Files.createDirectories(old.resolve("bin"));
    Path java = old.resolve("bin/java");
    Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

    Command.Result asked =
        Command.run(Map.of("JAVA_HOME", old.toString()), List.of(launcher, "--version"));
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"1.8.0_392\"\n");
    Command.Result read =
        Command.run(Map.of("JAVA_HOME", old.toString()), List.of(launcher, "--version"));

    assertThat(asked.status()).isEqualTo(1);
    assertThat(asked.text()).contains(java + " has version 11; Java 17 or newer is needed");
    assertThat(read.status()).isEqualTo(1);
    assertThat(read.text()).contains(java + " has version 8; Java 17 or newer is needed");
  }

  @Test
  void shouldNameEachLibraryInTheNotice() throws Exception {
    Set<String> named = new TreeSet<>();
    Pattern.compile("^([a-z-]+) {2,}[A-Z].*/.*$", Pattern.MULTILINE)
        .matcher(Files.readString(home.resolve("NOTICE")))
        .results()
        .forEach(line -> named.add(line.group(1)));

    assertThat(names())
        .filteredOn(name -> !name.startsWith("user-events-"))
        .filteredOn(name -> !name.equals("opentelemetry-exporter-user-events"))
        .isSubsetOf(named)
        .hasSizeGreaterThan(10);
  }

  @Test
  void shouldHaveNoLibraryTwiceAndNoneOfTests() throws Exception {
    List<String> names = names();

    assertThat(names).doesNotHaveDuplicates();
    assertThat(names).contains("user-events-cli", "user-events-listener");
    assertThat(names).doesNotContain("junit-jupiter-api", "assertj-core", "kubernetes-model-core");
  }

  /**
   * The archive contains neither the time nor the user of the machine, so two builds of one commit
   * are equal.
   */
  @Test
  void shouldCarryNeitherTheTimeNorTheOwnerOfTheBuild() throws Exception {
    Command.Result listed =
        Command.run(
            Map.of("TZ", "UTC"), List.of("tar", "-tvzf", Archive.file().toString(), "--full-time"));

    assertThat(listed.status()).isZero();
    assertThat(listed.text().lines())
        .hasSizeGreaterThan(30)
        .allSatisfy(
            line ->
                assertThat(line)
                    .matches(
                        "(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x) root/root +\\d+ 2026-01-01 00:00:00"
                            + " .*"));
    assertThat(listed.text().lines().filter(line -> line.startsWith("-rwx"))).hasSize(1);
  }

  @Test
  void shouldHaveAllThatTheDocumentsName() {
    assertThat(home.resolve("LICENSE")).isNotEmptyFile();
    assertThat(home.resolve("share/doc/docs/deployment.md")).isNotEmptyFile();
    assertThat(home.resolve("share/systemd/user-events-forward.service")).isNotEmptyFile();
    assertThat(home.resolve("share/systemd/sys-kernel-tracing.mount.d/user-events.conf"))
        .isNotEmptyFile();
    assertThat(home.resolve("share/kubernetes/user-events-agent.yaml")).isNotEmptyFile();
    assertThat(home.resolve("share/container/Containerfile")).isNotEmptyFile();
    assertThat(home.resolve("share/collector/collector.yaml")).isNotEmptyFile();
    assertThat(home.resolve("share/prometheus/user-events-alerts.yaml")).isNotEmptyFile();
  }

  @Test
  void shouldHaveTheFilesThatItsPagesLinkTo() throws Exception {
    List<String> links = new ArrayList<>();
    List<String> dead = new ArrayList<>();
    for (Path page : files(home.resolve("share/doc"))) {
      if (!page.toString().endsWith(".md")) {
        continue;
      }
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        String target = link.group(1).replaceFirst("#.*", "");
        if (target.isEmpty() || target.matches("[a-z]+:.*")) {
          continue;
        }
        links.add(target);
        Path file = page.resolveSibling(target).normalize();
        if (!file.startsWith(home) || !Files.exists(file)) {
          dead.add(home.relativize(page) + " link=" + target);
        }
      }
    }

    assertThat(links)
        .contains("docs/getting-started.md", "../CONTRIBUTING.md", "pictures/doctor.svg");
    assertThat(dead).isEmpty();
  }

  @Test
  void shouldLeaveOutTheToolsThatMakeThePages() throws Exception {
    assertThat(files(home.resolve("share/doc")))
        .extracting(file -> file.getFileName().toString().replaceFirst(".*\\.", ""))
        .containsOnly("LICENSE", "java", "md", "png", "svg", "txt", "yaml");
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The libraries, without their versions. */
  private static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("lib"))) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("-\\d.*|\\.jar$", ""))
          .sorted()
          .toList();
    }
  }
}
