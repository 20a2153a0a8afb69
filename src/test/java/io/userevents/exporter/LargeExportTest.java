// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.awaitFor;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exports that are many times as large as the ring, to a listener that takes its time. */
@Timeout(300)
class LargeExportTest {

  private static final int SERIES = 200_000;

  /** As long as a write to the kernel takes with a listener. */
  private static final long WRITE_NS = 3000;

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");

  @ParameterizedTest
  @EnumSource
  void shouldLoseNothingWithTheDefaults(LargeMetric metric) {
    exportAll(metric, exporters.start(tracepoint));
  }

  @ParameterizedTest
  @EnumSource
  void shouldLoseNothingWithAnEventForEachPoint(LargeMetric metric) {
    exportAll(
        metric,
        exporters.start(
            UserEventsMetricExporter.builder()
                .setTracepoint(tracepoint)
                .setOnePointPerEvent(true)
                .setPacing(0, 0)));
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
    assertThat(printed.lines().filter(line -> line.endsWith(" written=" + SERIES)).count())
        .as(printed)
        .isEqualTo(2L * LargeMetric.values().length);
  }

  /** In a process that has a single CPU. */
  public static void main(String[] args) {
    for (LargeMetric metric : LargeMetric.values()) {
      for (boolean isPacked : new boolean[] {true, false}) {
        LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
        tracepoint.attach(new SlowListener());
        UserEventsMetricExporterBuilder builder =
            UserEventsMetricExporter.builder().setTracepoint(tracepoint);
        if (!isPacked) {
          builder.setOnePointPerEvent(true).setPacing(0, 0);
        }
        try (UserEventsMetricExporter exporter = builder.build()) {
          exporter.export(List.of(metric.data(SERIES))).join(60, TimeUnit.SECONDS);
          System.out.println(
              metric
                  + " packed="
                  + isPacked
                  + " cpus="
                  + Runtime.getRuntime().availableProcessors()
                  + " written="
                  + exporter.statistics().points(Outcome.WRITTEN));
        }
      }
    }
  }

  private void exportAll(LargeMetric metric, UserEventsMetricExporter exporter) {
    SlowListener listener = new SlowListener();
    tracepoint.attach(listener);

    assertThat(awaitFor(60, exporter.export(List.of(metric.data(SERIES)))).getFailureThrowable())
        .isNull();

    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(SERIES);
    PipelineStatistics pipeline = exporter.statistics().pipeline();
    assertThat(pipeline.written()).isEqualTo(pipeline.offered());
    assertThat(pipeline.written()).as("larger than the ring").isGreaterThan(1024);
    assertThat(listener.events).hasValue(pipeline.events());
    assertThat(listener.bytes).hasValue(pipeline.writtenBytes());
  }

  private static String firstAllowedCpu() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("Cpus_allowed_list:"))
        .map(line -> line.replaceAll("^[^0-9]*([0-9]+).*$", "$1"))
        .findFirst()
        .orElseThrow();
  }

  /** Holds up each write as the kernel would. Of the consumer, but for reading it afterwards. */
  private static final class SlowListener implements Consumer<byte[]> {

    private final AtomicLong events = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    @Override
    public void accept(byte[] event) {
      long endNs = System.nanoTime() + WRITE_NS;
      events.incrementAndGet();
      bytes.addAndGet(event.length);
      while (System.nanoTime() - endNs < 0) {
        Thread.onSpinWait();
      }
    }
  }
}
