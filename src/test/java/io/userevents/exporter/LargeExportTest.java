// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Exports that are many times as large as the ring, to a listener that takes its time. What is not
 * named has its default: ring, pacing, and the time that an export waits.
 */
@Timeout(900)
@Tag("large")
class LargeExportTest {

  @ParameterizedTest
  @EnumSource
  void shouldLoseNothingWithTheDefaults(LargeMetric metric) throws Exception {
    LargeExport.requireWhole(metric, UserEventsMetricExporter.builder());
  }

  @ParameterizedTest
  @EnumSource
  void shouldLoseNothingWithAnEventForEachPoint(LargeMetric metric) throws Exception {
    LargeExport.requireWhole(metric, onePointPerEvent());
  }

  /** The consumer falls behind, so that the exporting thread waits for a ring that is full. */
  @ParameterizedTest
  @EnumSource
  void shouldLoseNothingWithAnEventForEachPointAsFastAsTheListenerAllows(LargeMetric metric)
      throws Exception {
    LargeExport.requireWhole(metric, onePointPerEvent().setPacing(0, 0));
  }

  /** The exporting thread and the consumer take turns. */
  @Test
  void shouldLoseNothingOnASingleCpu() throws Exception {
    Path taskset = Path.of("/usr/bin/taskset");
    if (!Files.isExecutable(taskset)) {
      System.out.println("LargeExportTest: not run on a single CPU, as there is no " + taskset);
      Assumptions.abort("no taskset");
    }
    List<String> command = new ArrayList<>(List.of(taskset.toString(), "-c", firstAllowedCpu()));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // What Agrona may need.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-exports="))
        .forEach(command::add);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), LargeExportTest.class.getName()));
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(child.waitFor()).as(printed).isZero();
    assertThat(printed.lines().filter(line -> line.endsWith(" whole, CPUs: 1")).count())
        .as(printed)
        .isEqualTo(2L * LargeMetric.values().length);
  }

  /** In a process that has a single CPU. */
  public static void main(String[] args) throws InvalidProtocolBufferException {
    for (LargeMetric metric : LargeMetric.values()) {
      LargeExport.requireWhole(metric, UserEventsMetricExporter.builder());
      printWhole(metric, "packed");
      LargeExport.requireWhole(metric, onePointPerEvent());
      printWhole(metric, "an event for each point");
    }
  }

  private static void printWhole(LargeMetric metric, String form) {
    int cpus = Runtime.getRuntime().availableProcessors();
    System.out.println(metric + ", " + form + ": whole, CPUs: " + cpus);
  }

  private static UserEventsMetricExporterBuilder onePointPerEvent() {
    return UserEventsMetricExporter.builder().setOnePointPerEvent(true);
  }

  private static String firstAllowedCpu() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("Cpus_allowed_list:"))
        .map(line -> line.replaceAll("^[^0-9]*([0-9]+).*$", "$1"))
        .findFirst()
        .orElseThrow();
  }
}
