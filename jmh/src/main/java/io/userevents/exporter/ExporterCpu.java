// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.userevents.tracepoint.DevNullTracepoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Prints the CPU time of all threads of this process for each point that an exporter exports, in
 * nanoseconds, a line for each round. The same metrics are exported repeatedly, each export when
 * the one before is done.
 *
 * <p>Arguments: the exporter, which is {@code packed}, {@code single} or {@code detached} for this
 * project's, or the URL of an OTLP/HTTP endpoint for OpenTelemetry's; the number of series; rounds;
 * milliseconds of a round. With {@code fails} as a fifth argument, exports that fail are expected.
 * With 0 rounds, each line of standard input starts one.
 */
public final class ExporterCpu {

  private static final int RING_SLOTS_SINGLE = 1 << 14;
  private static final int WARM_UP_ROUNDS = 4;
  private static final long RESULT_LIMIT_SECONDS = 60;

  private ExporterCpu() {}

  /** Measures and prints. */
  public static void main(String[] args) throws Exception {
    if (args.length < 4) {
      System.err.println("arguments: packed|single|detached|URL SERIES ROUNDS ROUND_MS [fails]");
      System.exit(2);
    }
    int series = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    long roundNs = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[3]));
    boolean mayFail = args.length > 4 && args[4].equals("fails");
    MetricExporter exporter = exporter(args[0]);
    Collection<MetricData> metrics = CollectedMetrics.longSums(series);
    for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
      double ns = round(exporter, metrics, roundNs, mayFail) / series;
      if (round >= 0) {
        System.out.printf(Locale.ROOT, "%.6f%n", ns);
      }
    }
    if (rounds == 0) {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (lines.readLine() != null) {
        System.out.printf(
            Locale.ROOT, "%.6f%n", round(exporter, metrics, roundNs, mayFail) / series);
      }
    }
    exporter.shutdown().join(RESULT_LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Returns the CPU time of an export in nanoseconds. */
  private static double round(
      MetricExporter exporter, Collection<MetricData> metrics, long roundNs, boolean mayFail)
      throws IOException {
    ProcessCost start = ProcessCost.start();
    long exports = exportFor(exporter, metrics, roundNs, mayFail);
    return (double) (ProcessCost.end().process() - start.process()) / exports;
  }

  private static MetricExporter exporter(String kind) {
    if (kind.startsWith("http:")) {
      return OtlpHttpMetricExporter.builder()
          .setEndpoint(kind)
          .setTimeout(Duration.ofSeconds(RESULT_LIMIT_SECONDS))
          .build();
    }
    UserEventsMetricExporterBuilder builder =
        UserEventsMetricExporter.builder()
            .setTracepoint(new DevNullTracepoint(!kind.equals("detached")))
            // There is no reader, so the consumer sets the pace.
            .setPacing(0, 0);
    if (kind.equals("single")) {
      builder.setOnePointPerEvent(true).setRingSlots(RING_SLOTS_SINGLE);
    }
    return builder.build();
  }

  private static long exportFor(
      MetricExporter exporter, Collection<MetricData> metrics, long roundNs, boolean mayFail) {
    long startNs = System.nanoTime();
    long exports = 0;
    do {
      CompletableResultCode result = exporter.export(metrics);
      result.join(RESULT_LIMIT_SECONDS, TimeUnit.SECONDS);
      if (!result.isSuccess() && !mayFail) {
        throw new IllegalStateException("an export failed");
      }
      exports++;
    } while (System.nanoTime() - startNs < roundNs);
    return exports;
  }
}
