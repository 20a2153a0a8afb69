// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Operations of the tests on the kernel's tracing, and waits for their effects. */
final class Tracing {

  static final Path TRACEFS = Path.of("/sys/kernel/tracing");
  static final String EVENT = "otlp_metrics";
  static final Path EVENT_FOLDER = TRACEFS.resolve("events/user_events").resolve(EVENT);

  private static final Set<String> COUNTS_OF_EVENTS =
      Set.of("entries", "overrun", "commit overrun", "dropped events", "read events");
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private Tracing() {}

  static boolean eventExists() {
    return Files.exists(EVENT_FOLDER);
  }

  /** Attaches or detaches the kernel's own ftrace buffer as a listener. */
  static void enable(boolean enabled) throws IOException {
    Files.writeString(EVENT_FOLDER.resolve("enable"), enabled ? "1" : "0");
  }

  /** Empties the kernel's own ftrace buffer and its counts, and starts recording. */
  static void clear() throws IOException {
    // The kernel does so when the file is opened to be written from its start.
    Files.newOutputStream(TRACEFS.resolve("trace")).close();
    Files.writeString(TRACEFS.resolve("tracing_on"), "1");
  }

  /**
   * Returns the number of events that the kernel's own ftrace buffer has taken since it was
   * emptied, including overwritten ones.
   */
  static long recordedEvents() throws IOException {
    long sum = 0;
    try (DirectoryStream<Path> cpus =
        Files.newDirectoryStream(TRACEFS.resolve("per_cpu"), "cpu[0-9]*")) {
      for (Path cpu : cpus) {
        for (String line : Files.readAllLines(cpu.resolve("stats"))) {
          String[] nameAndCount = line.split(": +", 2);
          if (COUNTS_OF_EVENTS.contains(nameAndCount[0])) {
            sum += Long.parseLong(nameAndCount[1]);
          }
        }
      }
    }
    return sum;
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadlineNs = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadlineNs).as("waited too long for: %s", what).isNegative();
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** Runs a program to its end and returns what it printed on both streams. */
  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
    return output;
  }

  static long countLines(String text, Predicate<String> condition) {
    return text.lines().filter(condition).count();
  }
}
