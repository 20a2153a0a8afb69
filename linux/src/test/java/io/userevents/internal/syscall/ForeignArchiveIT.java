// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The archive on the JDK that compiled its classes for newer ones, as users start it. */
@Timeout(120)
class ForeignArchiveIT {

  private static final Path JDK = Path.of("target", "foreign-jdk");
  private static final String ALLOW = "--enable-native-access=ALL-UNNAMED";

  @BeforeAll
  static void requireJdk() {
    boolean isThere = Files.exists(JDK);
    if (!isThere) {
      System.out.println(
          "calls by java.lang.foreign are not tested: the build has found no JDK 22 or newer");
    }
    assumeTrue(isThere, "no JDK 22 or newer");
  }

  @Test
  void shouldHaveTheClassesForNewerJdks() throws IOException {
    try (JarFile archive = new JarFile(archive())) {
      assertThat(archive.isMultiRelease()).isTrue();
      assertThat(
              archive.getEntry(
                  "META-INF/versions/22/"
                      + ForeignSyscalls.class.getName().replace('.', '/')
                      + ".class"))
          .isNotNull();
    }
  }

  @Test
  void shouldMakeItsCallsByForeignAndPrintNothing() throws Exception {
    assertThat(run(entry -> true, ALLOW))
        .containsExactly("java.lang.foreign", "open -2", "close -9", "fcntl 1");
  }

  @Test
  void shouldNeedNoJnaThere() throws Exception {
    assertThat(run(entry -> !entry.contains("jna-"), ALLOW))
        .containsExactly("java.lang.foreign", "open -2", "close -9", "fcntl 1");
  }

  @Test
  void shouldMakeItsCallsByJnaIfAsked() throws Exception {
    assertThat(run(entry -> true, ALLOW, "-Dio.userevents.syscalls=jna"))
        .containsExactly("jna", "open -2", "close -9", "fcntl 1");
  }

  @Test
  void shouldNameTheFlagIfNativeAccessIsDenied() throws Exception {
    List<String> lines = run(entry -> true, "--illegal-native-access=deny");

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .startsWith("refused: JNA does not work here")
        .contains("--enable-native-access=ALL-UNNAMED");
    assertThat(lines.get(1))
        .startsWith("before: java.lang.foreign cannot be used: cause=")
        .endsWith("; start the JVM with --enable-native-access=ALL-UNNAMED");
  }

  @Test
  void shouldTakeJnaIfOnlyThatMayBeUsed() throws Exception {
    String jna = classPath(entry -> entry.contains("jna-"));
    List<String> lines =
        run(
            entry -> !entry.contains("jna-"),
            "--illegal-native-access=deny",
            "--module-path=" + jna,
            "--add-modules=com.sun.jna",
            "--enable-native-access=com.sun.jna");

    assertThat(lines).containsExactly("jna", "open -2", "close -9", "fcntl 1");
  }

  /** Returns what the program printed on both streams. */
  private static List<String> run(Predicate<String> entries, String... flags) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(Files.readString(JDK), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", classPath(entries), SyscallsProgram.class.getName()));
    Path output = Files.createTempFile("syscalls", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      process.waitFor();
      return Files.readAllLines(output, UTF_8);
    } finally {
      Files.delete(output);
    }
  }

  private static String classPath(Predicate<String> entries) {
    return classPathEntries().filter(entries).collect(Collectors.joining(File.pathSeparator));
  }

  private static Stream<String> classPathEntries() {
    return Stream.of(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
            .split(File.pathSeparator, -1));
  }

  private static String archive() {
    return classPathEntries()
        .filter(entry -> entry.matches(".*user-events-linux-[^/]*\\.jar"))
        .filter(entry -> !entry.endsWith("-tests.jar"))
        .findFirst()
        .orElseThrow();
  }
}
