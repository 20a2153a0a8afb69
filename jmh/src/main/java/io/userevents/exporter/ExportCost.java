// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.exporter.ExportBenchmark.Packing;
import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.DevNullTracepoint;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Prints the cost of an export to the process: CPU time of all its threads, including those of the
 * JVM, and how often its threads go to sleep. The same metrics are exported repeatedly with a pause
 * in between, as by a periodic reader. The figures include the time of the idle consumer in the
 * pauses. {@code docs/benchmark-notes.md} has the program that does the same with the Rust crate.
 *
 * <p>Arguments: series, exports ({@code 20000,50} for the first pause, then for all others),
 * exports to warm up, pauses in µs ({@code 0,10000} measures without, then with 10 ms), {@link
 * Packing}, {@code kernel}, {@code null} or {@code none}. With {@code kernel}, a listener must be
 * attached to {@code otlp_metrics}, for example by {@code echo 1 >
 * /sys/kernel/tracing/events/user_events/otlp_metrics/enable}. With {@code none} there is no
 * exporter, and the thread only pauses: this is the cost of any JVM.
 */
public final class ExportCost {

  private static final long RESULT_LIMIT_SECONDS = 60;
  private static final int SETTLING_EXPORTS = 5;

  /**
   * The readings before the measurement; otherwise the compilers would run during the first
   * figures.
   */
  private static final int WARM_UP_READINGS = 500;

  private ExportCost() {}

  /** Prints a line for the process, then one for each of its threads. */
  public static void main(String[] args) throws Exception {
    if (args.length != 6) {
      System.err.println(
          "arguments: SERIES EXPORTS WARM_UP_EXPORTS PAUSES_US PACKED|SINGLE kernel|null|none");
      System.exit(2);
    }
    for (int i = 0; i < WARM_UP_READINGS; i++) {
      ProcessCost unused = i % 2 == 0 ? ProcessCost.start() : ProcessCost.end();
    }
    if (args[5].equals("none")) {
      measureJvm(args[1].split(",", -1), args[3].split(",", -1));
      return;
    }
    UserEventsMetricExporterBuilder builder = UserEventsMetricExporter.builder();
    builder.setOnePointPerEvent(Packing.valueOf(args[4]) == Packing.SINGLE);
    // Pacing would hold back exports without a pause: 100 points in a millisecond are 40 MB a
    // second.
    builder.setPacing(0, 0);
    if (args[5].equals("null")) {
      builder.setTracepoint(new DevNullTracepoint(true));
    }
    UserEventsMetricExporter exporter = builder.build();
    if (!exporter.awaitRegistration(Duration.ofSeconds(60)) || !exporter.isAttached()) {
      System.err.println("nobody listens to otlp_metrics, so that nothing would be measured");
      System.exit(1);
    }
    int series = Integer.parseInt(args[0]);
    Collection<MetricData> metrics = CollectedMetrics.longSums(series);
    String[] exports = args[1].split(",", -1);
    int warmUpExports = Integer.parseInt(args[2]);
    String[] pausesUs = args[3].split(",", -1);
    for (int i = 0; i < pausesUs.length; i++) {
      String pauseUs = pausesUs[i];
      long pauseNs = TimeUnit.MICROSECONDS.toNanos(Long.parseLong(pauseUs));
      // These run without pauses, so that all code is compiled soon; a few with pauses follow.
      export(exporter, metrics, warmUpExports, 0);
      export(exporter, metrics, SETTLING_EXPORTS, pauseNs);
      System.out.printf("java series=%d pause_us=%s ", series, pauseUs);
      measure(exporter, metrics, number(exports, i), pauseNs);
    }
    exporter.shutdown().join(RESULT_LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private static void measureJvm(String[] pauses, String[] pausesUs) throws IOException {
    for (int i = 0; i < pausesUs.length; i++) {
      long pauseNs = TimeUnit.MICROSECONDS.toNanos(Long.parseLong(pausesUs[i]));
      int times = number(pauses, i);
      pause(SETTLING_EXPORTS, pauseNs);
      ProcessCost start = ProcessCost.start();
      pause(times, pauseNs);
      ProcessCost end = ProcessCost.end();
      System.out.printf("jvm pause_us=%s pauses=%d%n", pausesUs[i], times);
      end.print(start, times);
    }
  }

  /** Returns the number at an index; the last number holds for all later indexes. */
  private static int number(String[] numbers, int index) {
    return Integer.parseInt(numbers[Math.min(index, numbers.length - 1)]);
  }

  private static void pause(int times, long pauseNs) {
    for (int i = 0; i < times; i++) {
      LockSupport.parkNanos(pauseNs);
    }
  }

  private static void measure(
      UserEventsMetricExporter exporter, Collection<MetricData> metrics, int exports, long pauseNs)
      throws IOException {
    ExporterStatistics before = exporter.statistics();
    ProcessCost start = ProcessCost.start();
    long startNs = System.nanoTime();
    export(exporter, metrics, exports, pauseNs);
    long wallNs = System.nanoTime() - startNs;
    ProcessCost end = ProcessCost.end();
    ExporterStatistics after = exporter.statistics();

    System.out.printf(
        Locale.ROOT,
        "exports=%d wall_us=%.1f written=%d dropped=%d events=%d%n",
        exports,
        wallNs / 1e3 / exports,
        after.points(Outcome.WRITTEN) - before.points(Outcome.WRITTEN),
        after.points(Outcome.DROPPED_FULL) - before.points(Outcome.DROPPED_FULL),
        after.pipeline().events() - before.pipeline().events());
    end.print(start, exports);
  }

  /**
   * Exports, and checks each result after the pause, because a periodic reader does not wait for it
   * on a thread either. Dropped points are counted.
   */
  private static void export(
      UserEventsMetricExporter exporter,
      Collection<MetricData> metrics,
      int exports,
      long pauseNs) {
    for (int i = 0; i < exports; i++) {
      CompletableResultCode result = exporter.export(metrics);
      if (pauseNs > 0) {
        LockSupport.parkNanos(pauseNs);
      }
      result.join(RESULT_LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }
}
