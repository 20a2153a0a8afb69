// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs all tests tagged {@code kernel} in one boot of the test machine and shows each as a test of
 * this build.
 */
final class KernelTests {

  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Path RESULTS = Path.of("target", "kernel-results").toAbsolutePath();
  private static final String TIME_LIMIT_SECONDS = "900";

  @BeforeAll
  static void requireProfile() {
    boolean asked = Boolean.getBoolean("userevents.kernel");
    if (!asked) {
      System.out.println(
          "kernel tests skipped: they boot a kernel in QEMU and take minutes; run them with"
              + " mvn -B verify -Pkernel");
    }
    assumeTrue(asked, "the profile kernel is not active");
  }

  @TestFactory
  Stream<DynamicContainer> inTheMachine() throws Exception {
    deleteRecursively(RESULTS);
    Files.createDirectories(RESULTS);
    int status = runMachine();
    List<DynamicContainer> classes = TestReports.read(RESULTS);
    assertThat(classes)
        .as("reports of the tests in %s; the machine ended with status %s", RESULTS, status)
        .isNotEmpty();
    // 1: there are failed tests, which the reports show one by one.
    assertThat(status).as("exit status of the tests in the machine").isIn(0, 1);
    return classes.stream();
  }

  private static int runMachine() throws IOException, InterruptedException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.addAll(List.of(PROJECT.resolve("kernel/machine/run").toString(), "--readers"));
    command.addAll(List.of("--timeout", TIME_LIMIT_SECONDS));
    // A record above perf's limit makes the kernel say so in its log, once.
    command.addAll(List.of("--expect-warning", "perf buffer not large enough"));
    command.addAll(List.of("--results", RESULTS.toString(), "--"));
    command.addAll(List.of(javaOfThisProcess(), "-Xmx1g", "-cp", classPath));
    command.addAll(List.of("-Duserevents.results=" + RESULTS));
    command.addAll(List.of("org.junit.platform.console.ConsoleLauncher", "execute"));
    command.addAll(List.of("--include-tag", "kernel", "--include-classname", ".*Test"));
    command.addAll(List.of("--fail-if-no-tests", "--disable-banner", "--disable-ansi-colors"));
    command.addAll(List.of("--details", "tree", "--reports-dir", RESULTS.toString()));
    command.add("--scan-classpath=" + testRoots(classPath));
    Process machine = new ProcessBuilder(command).redirectErrorStream(true).start();
    // Line by line as it comes: it takes minutes.
    try (BufferedReader output = machine.inputReader(StandardCharsets.UTF_8)) {
      output.lines().forEach(System.out::println);
    }
    return machine.waitFor();
  }

  /** Where tests lie: this module's own, and those that other modules bring as a test archive. */
  private static String testRoots(String classPath) {
    List<String> roots = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      if (entry.endsWith("test-classes") || entry.endsWith("-tests.jar")) {
        roots.add(entry);
      }
    }
    return String.join(File.pathSeparator, roots);
  }

  static String javaOfThisProcess() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static void deleteRecursively(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
