// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.MetricReader;
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
@Timeout(300)
class SelfMetricsLoopTest {

  private static final int COLLECTIONS = 100;

  /** The exporter's: one of each, but the tracepoint's five states. */
  private static final int OWN_SERIES = 3 + 2 + 5;

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();

  private final AtomicReference<MeterProvider> itself = new AtomicReference<>(MeterProvider.noop());

  @Test
  void shouldNotGrowWithTheNumberOfExports() {
    UserEventsMetricExporter exporter = exporter();
    List<Long> ownSeries;
    long points;
    try (SdkMeterProvider provider = provider(periodic(exporter))) {
      itself.set(provider);
      order(provider);
      ownSeries = ownSeriesOfEachCollection(provider);
      points = exporter.statistics().points(Outcome.WRITTEN);
    }

    assertThat(ownSeries.get(0)).isZero();
    assertThat(ownSeries.subList(1, COLLECTIONS)).containsOnly((long) OWN_SERIES);
    assertThat(exporter.statistics().exports())
        .as("one for each collection, and the last at closing")
        .isEqualTo(COLLECTIONS + 1);
    assertThat(points).isEqualTo(exportedByItsOwnCount());
    assertThatNothingIsLogged();
  }

  @Test
  void shouldNotGrowWithTheNumberOfExportsOfAReaderThatCollectsForSomebodyOnly() throws Exception {
    tracepoint.enabled = false;
    UserEventsMetricExporter exporter = exporter();
    List<Long> ownSeries;
    long points;
    try (SdkMeterProvider provider = provider(onAttach(exporter))) {
      itself.set(provider);
      order(provider);
      tracepoint.enabled = true;
      // It collects by itself once, for the listener that it finds.
      while (exporter.statistics().exports() == 0) {
        Thread.sleep(1);
      }
      await(exporter.flush());

      ownSeries = ownSeriesOfEachCollection(provider);
      points = exporter.statistics().points(Outcome.WRITTEN);
    }

    assertThat(ownSeries).containsOnly((long) OWN_SERIES);
    assertThat(exporter.statistics().exports())
        .as("one for the listener, one for each collection, and the last at closing")
        .isEqualTo(1 + COLLECTIONS + 1);
    assertThat(points).isEqualTo(exportedByItsOwnCount());
    assertThatNothingIsLogged();
  }

  private UserEventsMetricExporter exporter() {
    return exporters.start(
        UserEventsMetricExporter.builder().setTracepoint(tracepoint).setMeterProvider(itself::get));
  }

  private static void order(SdkMeterProvider provider) {
    provider.get("io.example.book").counterBuilder("orders").build().add(1);
  }

  private List<Long> ownSeriesOfEachCollection(SdkMeterProvider provider) {
    List<Long> ownSeries = new ArrayList<>();
    for (int i = 0; i < COLLECTIONS; i++) {
      int before = tracepoint.received.metrics().size();
      await(provider.forceFlush());
      List<Metric> metrics = tracepoint.received.metrics();
      ownSeries.add(ownSeries(metrics.subList(before, metrics.size())));
    }
    return ownSeries;
  }

  private void assertThatNothingIsLogged() {
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

  private static SdkMeterProvider provider(MetricReader reader) {
    return SdkMeterProvider.builder().registerMetricReader(reader).build();
  }

  /** Collections are the test's, by forceFlush. */
  private static MetricReader periodic(UserEventsMetricExporter exporter) {
    return PeriodicMetricReader.builder(exporter).setInterval(Duration.ofHours(1)).build();
  }

  /** As far as they are not for a listener that has come, collections are the test's here too. */
  private static MetricReader onAttach(UserEventsMetricExporter exporter) {
    return UserEventsMetricReader.builder(exporter)
        .setInterval(Duration.ofHours(1))
        .setAttachDelay(Duration.ZERO)
        .setPollPeriod(Duration.ofMillis(1))
        .build();
  }
}
