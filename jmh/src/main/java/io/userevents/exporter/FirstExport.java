// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.tracepoint.DevNullTracepoint;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Prints how long the first export of a JVM keeps its caller, and how long it takes to build the
 * exporter before. An export has 100 sums of longs with four attributes each, and goes to {@code
 * /dev/null}. New JVMs run one after the other. JMH cannot measure this, because it warms up in the
 * JVM that it measures.
 *
 * <p>The SDK has collected the points before, as in an application. There is a pause between
 * building and exporting, as in an application, where the first export comes an interval after the
 * set-up; {@code -Dpause.ms=0} removes it.
 *
 * <p>Arguments: number of JVMs, 20 by default; further arguments are options of the JVMs, such as
 * {@code -Xint}.
 */
public final class FirstExport {

  private static final int DEFAULT_RUNS = 20;
  private static final int POINTS = 100;
  private static final int EXPORTS = 5;
  private static final int COLUMNS = EXPORTS + 4;
  private static final String MEASURED = "first-export";
  private static final String PAUSE = "pause.ms";
  private static final long DEFAULT_PAUSE_MS = 1_000;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private FirstExport() {}

  /** Prints a table. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (Boolean.getBoolean(MEASURED)) {
      measure();
      return;
    }
    int runs = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_RUNS;
    List<String> options = args.length > 1 ? List.of(args).subList(1, args.length) : List.of();
    List<long[]> measured = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      measured.add(inFreshJvm(options));
    }
    System.out.println("| ms | median | lowest | highest |");
    System.out.println("|---|---:|---:|---:|");
    for (int i = 0; i < EXPORTS; i++) {
      print("`export`, call " + (i + 1), i, measured);
    }
    print("CPU time of the first", EXPORTS, measured);
    print("`build`", EXPORTS + 1, measured);
    print("CPU time of `build`", EXPORTS + 2, measured);
    print("first export until written", EXPORTS + 3, measured);
  }

  private static void print(String what, int column, List<long[]> measured) {
    long[] sorted = measured.stream().mapToLong(run -> run[column]).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "| %s | %.2f | %.2f | %.2f |%n",
        what,
        sorted[sorted.length / 2] / 1e6,
        sorted[0] / 1e6,
        sorted[sorted.length - 1] / 1e6);
  }

  private static long[] inFreshJvm(List<String> options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("-D" + MEASURED + "=true");
    command.add("-D" + PAUSE + "=" + Long.getLong(PAUSE, DEFAULT_PAUSE_MS));
    command.addAll(options);
    command.add(FirstExport.class.getName());
    Process jvm =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jvm.waitFor() != 0) {
      throw new IllegalStateException("a JVM has failed: " + String.join(" ", command));
    }
    String[] lines = output.strip().split("\n", -1);
    return Arrays.stream(lines[lines.length - 1].split(" ", -1))
        .mapToLong(Long::parseLong)
        .toArray();
  }

  private static void measure() throws InterruptedException {
    Collection<MetricData> metrics = CollectedMetrics.longSums(POINTS);
    UserEventsMetricExporterBuilder builder =
        UserEventsMetricExporter.builder().setTracepoint(new DevNullTracepoint(true));
    long[] result = new long[COLUMNS];
    long startNs = System.nanoTime();
    long startCpuNs = THREADS.getCurrentThreadCpuTime();
    UserEventsMetricExporter exporter = builder.build();
    result[EXPORTS + 2] = THREADS.getCurrentThreadCpuTime() - startCpuNs;
    result[EXPORTS + 1] = System.nanoTime() - startNs;
    Thread.sleep(Long.getLong(PAUSE, DEFAULT_PAUSE_MS));
    for (int i = 0; i < EXPORTS; i++) {
      startCpuNs = THREADS.getCurrentThreadCpuTime();
      startNs = System.nanoTime();
      CompletableResultCode exported = exporter.export(metrics);
      result[i] = System.nanoTime() - startNs;
      if (i == 0) {
        result[EXPORTS] = THREADS.getCurrentThreadCpuTime() - startCpuNs;
      }
      exported.join(10, TimeUnit.SECONDS);
      if (i == 0) {
        result[EXPORTS + 3] = System.nanoTime() - startNs;
      }
      if (!exported.isSuccess()) {
        throw new IllegalStateException("points were dropped", exported.getFailureThrowable());
      }
    }
    exporter.close();
    System.out.println(String.join(" ", Arrays.stream(result).mapToObj(Long::toString).toList()));
  }
}
