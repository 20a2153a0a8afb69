// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.userevents.javaagent.OrdersProcess;
import io.userevents.listener.EventHandler;
import io.userevents.listener.TracepointListener;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A server without metrics, under the published javaagent with the shipped extension. The agent's
 * metrics of the JVM and its requests reach perf.
 */
@Tag("kernel")
final class JavaagentTest {

  private static final Path MODULE = Path.of("..", "javaagent");
  private static final int ORDERS = 3;
  private static final int POLL_MS = 100;

  /** A hang guard, for 150 times the interval. */
  private static final long LIMIT_NS = TimeUnit.MINUTES.toNanos(5);

  private static final String MEMORY = "jvm.memory.used";

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "OTEL_METRICS_EXPORTER", "user_events",
          "OTEL_TRACES_EXPORTER", "none",
          "OTEL_LOGS_EXPORTER", "none",
          "OTEL_METRIC_EXPORT_INTERVAL", "2000",
          "OTEL_EXPORTER_USER_EVENTS_EVENT_NAME", Tracing.EVENT);

  @Test
  void shouldShowTheJvmAndItsRequestsToPerf() throws Exception {
    List<byte[]> received;
    try (OrdersProcess server = OrdersProcess.start(MODULE, ENVIRONMENT, List.of())) {
      // The server has registered the event when it serves.
      PerfReader perf = PerfReader.start();
      for (int i = 0; i < ORDERS; i++) {
        server.order();
      }
      awaitMetricsOfTheJvm();
      server.end();
      received = perf.end();
      assertThat(server.log().lines())
          .noneMatch(line -> line.contains("ERROR"))
          .filteredOn(line -> line.contains("WARN io.userevents"))
          // On a slow machine, a registration takes over 10 s, which the exporter logs.
          .allMatch(line -> line.contains("has not answered yet; going on without it"));
    }

    List<Metric> metrics = Received.metrics(received);
    assertThat(metrics)
        .extracting(Metric::getName)
        .contains(MEMORY, "jvm.thread.count", "jvm.class.count");
    List<Histogram> requests =
        metrics.stream()
            .filter(metric -> metric.getName().equals("http.server.request.duration"))
            .map(Metric::getHistogram)
            .toList();
    assertThat(requests)
        .extracting(Histogram::getAggregationTemporality)
        .containsOnly(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA);
    assertThat(requests.stream().flatMap(histogram -> histogram.getDataPointsList().stream()))
        .isNotEmpty()
        .allSatisfy(
            point ->
                assertThat(point.getAttributesList())
                    .contains(
                        AllInstruments.keyValue("http.route", AllInstruments.textOf("/orders"))))
        .extracting(HistogramDataPoint::getCount)
        .satisfies(
            counts ->
                assertThat(counts.stream().mapToLong(Long::longValue).sum())
                    .as("requests, as deltas")
                    .isEqualTo(ORDERS));
  }

  /**
   * Waits for a periodic export. The last one, at the end of the process, may lack these metrics,
   * because the agent closes their instruments then.
   */
  private static void awaitMetricsOfTheJvm() throws Exception {
    AtomicBoolean isReceived = new AtomicBoolean();
    EventHandler handler =
        EventHandler.copying(
            event -> {
              if (new String(event.bytes(), StandardCharsets.ISO_8859_1).contains(MEMORY)) {
                isReceived.set(true);
              }
            });
    try (TracepointListener listener = TracepointListener.builder(Tracing.EVENT).open()) {
      long startNs = System.nanoTime();
      while (!isReceived.get()) {
        assertThat(System.nanoTime() - startNs).isLessThan(LIMIT_NS);
        listener.poll(handler, POLL_MS);
      }
    }
  }
}
