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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs all tests tagged {@code kernel} in the test machine and shows each as a test of this build.
 * The tests of this module run in one machine, and those of other modules run in another machine at
 * the same time, because a machine keeps one of the host's processors busy. The longest tests of
 * this module run in the other machine, so that both take about the same time.
 */
final class KernelTests {

  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Path RESULTS = Path.of("target", "kernel-results").toAbsolutePath();
  static final String CLASS_PATH =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  private static final String LONGEST =
      "(?:"
          + Pattern.quote(MillionRecordsTest.class.getName())
          + "|"
          + Pattern.quote(SpringBootTest.class.getName())
          + "|"
          + Pattern.quote(DefaultsLargeExportTest.class.getName())
          + ")";
  private static final String THIS_MODULE =
      Pattern.quote(KernelTests.class.getPackageName() + ".") + ".*Test";

  /** Properties of this build that {@link ForwardKillsTest} reads in the machine. */
  private static final List<String> PASSED_ON =
      List.of(ForwardKillsTest.KILLS_PROPERTY, ForwardKillsTest.SEED_PROPERTY);

  /** Ends a machine that hangs. Beside other work on all processors, a run takes over an hour. */
  private static final String TIME_LIMIT_SECONDS = "14400";

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
    // Done here, so that the machines do not each build the kernel and install packages.
    assertThat(run("setup", List.of(script("run"), "--readers", "--", "uname", "-r"))).isZero();
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      List<String> ownRoots = classPathEntries("test-classes");
      List<String> allRoots = new ArrayList<>(ownRoots);
      allRoots.addAll(classPathEntries("-tests.jar"));
      Future<List<DynamicContainer>> own =
          executor.submit(() -> runTests("kernel", ownRoots, "(?!" + LONGEST + "$)" + THIS_MODULE));
      Future<List<DynamicContainer>> others =
          executor.submit(
              () -> runTests("modules", allRoots, LONGEST + "|(?!" + THIS_MODULE + "$).*Test"));
      return Stream.concat(own.get().stream(), others.get().stream());
    } finally {
      executor.shutdown();
    }
  }

  private static List<DynamicContainer> runTests(
      String machine, List<String> roots, String classNames) throws Exception {
    assertThat(roots).as("where the tests of %s lie on %s", machine, CLASS_PATH).isNotEmpty();
    Path results = Files.createDirectories(RESULTS.resolve(machine));
    List<String> command = new ArrayList<>();
    command.addAll(List.of(script("run"), "--timeout", TIME_LIMIT_SECONDS));
    // A record above perf's limit causes one line in the kernel's log.
    command.addAll(List.of("--expect-warning", "perf buffer not large enough"));
    command.addAll(List.of("--results", results.toString(), "--"));
    // On an emulated processor, the optimizing compiler costs more time than its code saves.
    command.addAll(
        List.of(javaOfThisProcess(), "-Xmx1g", "-XX:TieredStopAtLevel=1", "-cp", CLASS_PATH));
    for (String name : PASSED_ON) {
      String value = System.getProperty(name);
      if (value != null) {
        command.add("-D" + name + "=" + value);
      }
    }
    command.addAll(List.of("org.junit.platform.console.ConsoleLauncher", "execute"));
    command.addAll(List.of("--include-tag", "kernel", "--include-classname", classNames));
    command.addAll(List.of("--fail-if-no-tests", "--disable-banner", "--disable-ansi-colors"));
    command.addAll(List.of("--details", "tree", "--reports-dir", results.toString()));
    command.add("--scan-classpath=" + String.join(File.pathSeparator, roots));
    int status = run(machine, command);
    List<DynamicContainer> classes = TestReports.read(results);
    assertThat(classes)
        .as("reports in %s; the machine ended with status %s", results, status)
        .isNotEmpty();
    // 1: there are failed tests, which the reports show one by one.
    assertThat(status).as("exit status of the machine %s", machine).isIn(0, 1);
    return classes;
  }

  /** Runs a command to its end and prints its output line by line as it arrives. */
  static int run(String name, List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      output.lines().forEach(line -> System.out.println(name + ": " + line));
    }
    return process.waitFor();
  }

  static String script(String name) {
    return PROJECT.resolve("kernel/machine").resolve(name).toString();
  }

  static List<String> classPathEntries(String suffix) {
    return Stream.of(CLASS_PATH.split(File.pathSeparator, -1))
        .filter(entry -> entry.endsWith(suffix))
        .toList();
  }

  static String javaOfThisProcess() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  static void deleteRecursively(Path folder) throws IOException {
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
