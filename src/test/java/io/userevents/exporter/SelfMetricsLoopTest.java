// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.pipeline.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The provider that the exporter records to is the one that exports through it. */
@Timeout(60)
class SelfMetricsLoopTest {

  private static final int COLLECTIONS = 100;

  /** The exporter's: one of each, but the tracepoint's four states. */
  private static final int OWN_SERIES = 3 + 2 + 4;

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();

  @Test
  void shouldNotGrowWithTheNumberOfExports() {
    AtomicReference<MeterProvider> itself = new AtomicReference<>(MeterProvider.noop());
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder()
                .setTracepoint(tracepoint)
                .setMeterProvider(itself::get));
    List<Long> ownSeries = new ArrayList<>();
    long points;
    try (SdkMeterProvider provider = provider(exporter)) {
      itself.set(provider);
      provider.get("io.example.book").counterBuilder("orders").build().add(1);

      for (int i = 0; i < COLLECTIONS; i++) {
        int before = tracepoint.received.metrics().size();
        await(provider.forceFlush());
        List<Metric> metrics = tracepoint.received.metrics();
        ownSeries.add(ownSeries(metrics.subList(before, metrics.size())));
      }
      points = exporter.statistics().points(Outcome.WRITTEN);
    }

    assertThat(ownSeries.get(0)).isZero();
    assertThat(ownSeries.subList(1, COLLECTIONS)).containsOnly((long) OWN_SERIES);
    assertThat(exporter.statistics().exports())
        .as("one for each collection, and the last at closing")
        .isEqualTo(COLLECTIONS + 1);
    assertThat(points).isEqualTo(exportedByItsOwnCount());
    assertThat(exporters.log(Level.WARNING)).isEmpty();
    assertThat(exporters.log(Level.INFO)).isEmpty();
    assertThat(exporters.pipelineLog(Level.WARNING)).isEmpty();
  }

  /** Deltas, of which the last export carries what the one before has counted. */
  private long exportedByItsOwnCount() {
    return tracepoint.received.metrics().stream()
        .filter(metric -> metric.getName().equals("otel.sdk.exporter.metric_data_point.exported"))
        .flatMap(metric -> metric.getSum().getDataPointsList().stream())
        .mapToLong(point -> point.getAsInt())
        .sum();
  }

  private static long ownSeries(List<Metric> metrics) {
    return metrics.stream()
        .filter(
            metric ->
                metric.getName().startsWith("otel.sdk.exporter.")
                    || metric.getName().startsWith("user_events."))
        .mapToLong(
            metric ->
                metric.getSum().getDataPointsCount() + metric.getHistogram().getDataPointsCount())
        .sum();
  }

  private static SdkMeterProvider provider(UserEventsMetricExporter exporter) {
    return SdkMeterProvider.builder()
        .registerMetricReader(
            PeriodicMetricReader.builder(exporter)
                // Collections are the test's, by forceFlush.
                .setInterval(Duration.ofHours(1))
                .build())
        .build();
  }
}
