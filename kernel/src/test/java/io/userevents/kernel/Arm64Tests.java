// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs this module's tests tagged {@code arm64} in machines with a processor of that kind, one for
 * each length of a page, and shows each as a test of this build. In each machine the tests run once
 * with {@code java.lang.foreign}, and {@link ProcessorTest} once more with JNA.
 */
final class Arm64Tests {

  /** Lengths of a page, as {@code kernel/machine/run} names them, with commas. */
  private static final String PAGES = System.getProperty("userevents.arm64.pages", "4k,16k,64k");

  private static final Map<String, Integer> PAGE_LENGTHS =
      Map.of("4k", 4096, "16k", 16_384, "64k", 65_536);
  private static final Map<String, String> FACILITIES =
      Map.of("foreign", "java.lang.foreign", "jna", "jna");
  private static final Path RESULTS = Path.of("target", "arm64-results").toAbsolutePath();
  private static final String FOREIGN_CLASS =
      "META-INF/versions/22/io/userevents/internal/syscall/ForeignSyscalls.class";

  /** Under emulation, the optimizing compiler takes more time than it saves. */
  private static final List<String> JVM =
      List.of(
          "java",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Xmx512m",
          "--enable-native-access=ALL-UNNAMED");

  @BeforeAll
  static void requireProfile() {
    boolean asked = Boolean.getBoolean("userevents.arm64");
    if (!asked) {
      System.out.println(
          "arm64 tests skipped: they build and emulate kernels for another processor; run them with"
              + " mvn -B verify -Parm64");
    }
    assumeTrue(asked, "the profile arm64 is not active");
  }

  @TestFactory
  List<DynamicContainer> inMachinesWithPagesOf() throws Exception {
    KernelTests.deleteRecursively(RESULTS);
    List<String> facilities = new ArrayList<>(List.of("jna"));
    if (hasForeign()) {
      facilities.add(0, "foreign");
    } else {
      System.out.println(
          "arm64 tests with java.lang.foreign skipped: no JDK 22 or newer has compiled its classes");
    }
    List<DynamicContainer> machines = new ArrayList<>();
    for (String pages : PAGES.split(",", -1)) {
      machines.add(dynamicContainer(pages, runTests(pages, facilities)));
    }
    return machines;
  }

  private static List<DynamicContainer> runTests(String pages, List<String> facilities)
      throws Exception {
    assertThat(PAGE_LENGTHS).containsKey(pages);
    Path results = Files.createDirectories(RESULTS.resolve(pages));
    List<String> command = new ArrayList<>();
    command.addAll(List.of(KernelTests.script("run"), "--arch", "arm64", "--pages", pages));
    command.addAll(List.of("--timeout", "1800"));
    // A record above perf's limit causes one line in the kernel's log.
    command.addAll(List.of("--expect-warning", "perf buffer not large enough"));
    command.addAll(List.of("--results", results.toString()));
    StringBuilder script = new StringBuilder("status=0\n");
    for (String facility : facilities) {
      // A failed test returns 1, and the reports show it. A higher status ends the machine's run.
      script.append(quoted(launch(pages, facility, results.resolve(facility), facilities)));
      script.append(" || status=$?\n[ $status -le 1 ] || exit $status\n");
    }
    script.append("exit $status\n");
    command.addAll(List.of("--", "bash", "-c", script.toString()));

    int status = KernelTests.run("arm64 " + pages, command);

    List<DynamicContainer> byFacility = new ArrayList<>();
    for (String facility : facilities) {
      Path reports = results.resolve(facility);
      List<DynamicContainer> classes =
          Files.exists(reports) ? TestReports.read(reports) : List.of();
      assertThat(classes)
          .as("reports in %s; the machine ended with status %s", reports, status)
          .isNotEmpty();
      byFacility.add(dynamicContainer(facility, classes));
    }
    assertThat(status).as("exit status of the machine with pages of %s", pages).isIn(0, 1);
    return byFacility;
  }

  private static List<String> launch(
      String pages, String facility, Path reports, List<String> facilities) {
    List<String> command = new ArrayList<>(JVM);
    command.add("-Dio.userevents.syscalls=" + facility);
    command.add("-D" + ProcessorTest.ARCHITECTURE + "=aarch64");
    command.add("-D" + ProcessorTest.PAGE_LENGTH + "=" + PAGE_LENGTHS.get(pages));
    command.add("-D" + ProcessorTest.FACILITY + "=" + FACILITIES.get(facility));
    command.addAll(List.of("-cp", KernelTests.CLASS_PATH));
    command.addAll(List.of("org.junit.platform.console.ConsoleLauncher", "execute"));
    command.addAll(List.of("--include-tag", "arm64", "--include-classname"));
    // Code without system calls does not depend on the facility that makes them.
    command.add(facility.equals(facilities.get(0)) ? ".*Test" : ProcessorTest.class.getName());
    command.addAll(List.of("--fail-if-no-tests", "--disable-banner", "--disable-ansi-colors"));
    command.addAll(List.of("--details", "tree", "--reports-dir", reports.toString()));
    command.add(
        "--scan-classpath="
            + String.join(File.pathSeparator, KernelTests.classPathEntries("test-classes")));
    return command;
  }

  /** Returns whether the archive under test has the classes for {@code java.lang.foreign}. */
  private static boolean hasForeign() throws IOException {
    for (String entry : KernelTests.CLASS_PATH.split(File.pathSeparator, -1)) {
      if (entry.matches(".*/user-events-linux-[^/]*(?<!-tests)\\.jar")) {
        try (ZipFile archive = new ZipFile(entry)) {
          return archive.getEntry(FOREIGN_CLASS) != null;
        }
      }
    }
    throw new AssertionError(
        "no archive of user-events-linux on the class path; run the build to its phase verify: "
            + KernelTests.CLASS_PATH);
  }

  private static String quoted(List<String> command) {
    List<String> words = new ArrayList<>();
    for (String word : command) {
      words.add("'" + word.replace("'", "'\\''") + "'");
    }
    return String.join(" ", words);
  }
}
