// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.exporter.ExportBenchmark.Packing;
import io.userevents.exporter.ProcessCost.ThreadCost;
import io.userevents.pipeline.Outcome;
import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Prints the CPU time of all threads that take part in an export, for each exported point, in
 * nanoseconds, for several numbers of series. The time of the whole process follows, which includes
 * the JVM's compilers. In the test machine with {@code --icount} a nanosecond is an instruction.
 * Exports follow each other without a pause. With {@code detached}, the figures are those of an
 * export, while no listener is attached.
 *
 * <p>Arguments: {@link Packing}, {@code attached} or {@code detached}, points to warm up, points of
 * a round, then numbers of series. The first number of series gets the whole warm-up, because by
 * then all code is compiled.
 */
public final class ExportInstructions {

  /** The names, in the kernel, of the thread of {@code main} and of the exporter's threads. */
  private static final Pattern EXPORTING_THREADS = Pattern.compile("java$|user-events-");

  private static final int ROUNDS = 2;
  private static final int RING_SLOTS = 1 << 14;
  private static final int DETACHED_EXPORTS = 100_000;
  private static final int WARM_UP_READINGS = 20;
  private static final long RESULT_LIMIT_SECONDS = 3600;

  /** The position of the first number of series among the arguments. */
  private static final int FIRST_SERIES = 4;

  /**
   * The guest's clock skips idle time, so class loading from the host's disk seems to take long.
   */
  private static final int REGISTRATION_SECONDS = 100;

  private ExportInstructions() {}

  /** Measures and prints. */
  public static void main(String[] args) throws Exception {
    if (args.length < FIRST_SERIES + 1) {
      System.err.println(
          "arguments: PACKED|SINGLE attached|detached WARM_UP_POINTS POINTS SERIES ...");
      System.exit(2);
    }
    Packing packing = Packing.valueOf(args[0]);
    boolean attached = args[1].equals("attached");
    int warmUpPoints = Integer.parseInt(args[2]);
    int points = Integer.parseInt(args[3]);
    UserEventsMetricExporterBuilder builder =
        // The kernel's buffer may be written over, so no reader has to keep up.
        UserEventsMetricExporter.builder().setPacing(0, 0);
    if (packing == Packing.SINGLE) {
      builder.setOnePointPerEvent(true).setRingSlots(RING_SLOTS);
    }
    try (UserEventsMetricExporter exporter = builder.build()) {
      for (int i = 0; i < WARM_UP_READINGS; i++) {
        ProcessCost unused = i % 2 == 0 ? ProcessCost.start() : ProcessCost.end();
      }
      awaitRegistration(exporter, attached);
      for (int i = FIRST_SERIES; i < args.length; i++) {
        int series = Integer.parseInt(args[i]);
        Collection<MetricData> metrics = CollectedMetrics.longSums(series);
        int exports = attached ? Math.max(1, points / series) : DETACHED_EXPORTS;
        export(exporter, metrics, i == FIRST_SERIES && attached ? warmUpPoints / series : exports);
        for (int round = 1; round <= ROUNDS; round++) {
          String subject = packing.name().toLowerCase(Locale.ROOT);
          System.out.printf("%s series=%d round=%d ", subject, series, round);
          measure(exporter, metrics, exports, attached ? exports * series : exports);
        }
      }
    }
  }

  private static void awaitRegistration(UserEventsMetricExporter exporter, boolean attached)
      throws InterruptedException {
    for (int second = 0; second < REGISTRATION_SECONDS; second++) {
      if (attached && exporter.isAttached()) {
        return;
      }
      TimeUnit.SECONDS.sleep(1);
    }
    if (attached != exporter.isAttached()) {
      throw new IllegalStateException("attached=" + exporter.isAttached());
    }
  }

  private static void measure(
      UserEventsMetricExporter exporter,
      Collection<MetricData> metrics,
      int exports,
      int operations)
      throws IOException {
    ExporterStatistics before = exporter.statistics();
    ProcessCost start = ProcessCost.start();
    export(exporter, metrics, exports);
    ProcessCost end = ProcessCost.end();
    ExporterStatistics after = exporter.statistics();
    double exporting = 0;
    StringBuilder threads = new StringBuilder();
    for (Map.Entry<String, ThreadCost> thread : end.threads().entrySet()) {
      ThreadCost now = thread.getValue();
      ThreadCost then = start.threads().get(thread.getKey());
      double ns = (double) (now.cpuNs() - (then == null ? 0 : then.cpuNs())) / operations;
      if (EXPORTING_THREADS.matcher(now.name()).lookingAt()) {
        exporting += ns;
        threads.append(String.format(Locale.ROOT, " [%s]=%.1f", now.name(), ns));
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%s=%.1f written=%d events=%d process=%.1f%s%n",
        exporter.isAttached() ? "ns_per_point" : "ns_per_export",
        exporting,
        after.points(Outcome.WRITTEN) - before.points(Outcome.WRITTEN),
        after.pipeline().events() - before.pipeline().events(),
        (double) (end.process() - start.process()) / operations,
        threads);
  }

  private static void export(
      UserEventsMetricExporter exporter, Collection<MetricData> metrics, int exports) {
    for (int i = 0; i < exports; i++) {
      CompletableResultCode result = exporter.export(metrics);
      result.join(RESULT_LIMIT_SECONDS, TimeUnit.SECONDS);
      if (!result.isSuccess()) {
        throw new IllegalStateException("an export failed: " + exporter.statistics());
      }
    }
  }
}
