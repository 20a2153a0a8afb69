// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.exporter.ExportBenchmark.Packing;
import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.DevNullTracepoint;
import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What an export costs the process: CPU time of all its threads, those of the JVM too, and how
 * often its threads go to sleep. The same metrics are exported again and again with a pause in
 * between, as a periodic reader does; what the idle consumer takes in the pauses is in the figures.
 * {@code docs/benchmarks.md} has the program that does the same with the Rust crate.
 *
 * <p>Arguments: series, exports, exports to warm up, pauses in µs ({@code 0,10000} measures
 * without, then with 10 ms), {@link Packing}, {@code kernel} or {@code null}. With {@code kernel} a
 * listener has to be attached to {@code otlp_metrics}, for instance by {@code echo 1 >
 * /sys/kernel/tracing/events/user_events/otlp_metrics/enable}.
 */
public final class ExportCost {

  private static final long RESULT_LIMIT_SECONDS = 60;
  private static final int SETTLING_EXPORTS = 20;

  private ExportCost() {}

  /** Prints a line for the process, then one for each of its threads. */
  public static void main(String[] args) throws Exception {
    if (args.length != 6) {
      System.err.println(
          "arguments: SERIES EXPORTS WARM_UP_EXPORTS PAUSES_US PACKED|SINGLE kernel|null");
      System.exit(2);
    }
    UserEventsMetricExporterBuilder builder = UserEventsMetricExporter.builder();
    builder.setOnePointPerEvent(Packing.valueOf(args[4]) == Packing.SINGLE);
    if (args[5].equals("null")) {
      builder.setTracepoint(new DevNullTracepoint(true));
    }
    UserEventsMetricExporter exporter = builder.build();
    if (!exporter.isAttached()) {
      System.err.println("nobody listens to otlp_metrics, so that nothing would be measured");
      System.exit(1);
    }
    int series = Integer.parseInt(args[0]);
    Collection<MetricData> metrics = CollectedMetrics.longSums(series);
    int exports = Integer.parseInt(args[1]);
    int warmUpExports = Integer.parseInt(args[2]);
    for (String pauseUs : args[3].split(",", -1)) {
      long pauseNs = TimeUnit.MICROSECONDS.toNanos(Long.parseLong(pauseUs));
      // Without pauses, so that all is compiled soon; then a few with them.
      export(exporter, metrics, warmUpExports, 0);
      export(exporter, metrics, SETTLING_EXPORTS, pauseNs);
      System.out.printf("java series=%d pause_us=%s ", series, pauseUs);
      measure(exporter, metrics, exports, pauseNs);
    }
    exporter.shutdown().join(RESULT_LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private static void measure(
      UserEventsMetricExporter exporter, Collection<MetricData> metrics, int exports, long pauseNs)
      throws IOException {
    ExporterStatistics before = exporter.statistics();
    ProcessCost start = ProcessCost.now();
    long startNs = System.nanoTime();
    export(exporter, metrics, exports, pauseNs);
    long wallNs = System.nanoTime() - startNs;
    ProcessCost end = ProcessCost.now();
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
   * Looks for each result after the pause: a periodic reader does not keep a thread waiting for it
   * either. Points that are dropped are counted.
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
