// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.awaitFailure;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongExemplarData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongPointData;
import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class TooLargePointsTest {

  private static final int LIMIT = 4048;
  private static final LongPointData LARGE = Metrics.pointOfLength(LIMIT, -1);

  /** Fits without its exemplars only. */
  private static final LongPointData SAMPLED =
      ImmutableLongPointData.create(
          1,
          2,
          Attributes.empty(),
          7,
          Collections.nCopies(
              LIMIT / 10,
              ImmutableLongExemplarData.create(
                  Attributes.empty(), 2, SpanContext.getInvalid(), 7)));

  private static final long MINUTE_NS = TimeUnit.MINUTES.toNanos(1);

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
  private final ReceivedEvents received = new ReceivedEvents();

  @Test
  void shouldFailCountThemAndExportTheOthers() {
    UserEventsMetricExporter exporter = start();

    CompletableResultCode result =
        exporter.export(
            List.of(
                Metrics.sum("a", 1), Metrics.sum("large", List.of(LARGE)), Metrics.sum("b", 2)));

    assertThat(awaitFailure(result)).endsWith("cause=dropped_too_large");
    assertThat(exporter.statistics().points(Outcome.DROPPED_TOO_LARGE)).isEqualTo(1);
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(2);
    assertThat(exporter.statistics().pipeline().count(Outcome.DROPPED_TOO_LARGE)).isZero();
    assertThat(received.values()).containsExactly(1L, 2L);
  }

  @Test
  void shouldLogOnceForManyAndNameTheMetric() {
    UserEventsMetricExporter exporter = start();
    MetricData metric = Metrics.sum("order.{0}.latency", List.of(LARGE, LARGE));

    for (int i = 0; i < 3; i++) {
      awaitFailure(exporter.export(List.of(metric)));
    }

    assertThat(exporter.statistics().points(Outcome.DROPPED_TOO_LARGE)).isEqualTo(6);
    assertThat(exporters.log(Level.WARNING))
        .singleElement()
        .asString()
        .contains("last metric=order.{0}.latency")
        .containsPattern("encodedLength=4[0-9]{3} ")
        .contains("maxRecordLength=" + LIMIT);
  }

  @Test
  void shouldLogAgainAfterAMinuteWithTheCountSinceThen() {
    OversizeReports reports = new OversizeReports(LIMIT);
    long firstNs = System.nanoTime();

    reports.dropped("a", 5000, firstNs);
    reports.dropped("b", 6000, firstNs + 1);
    reports.dropped("c", 7000, firstNs + MINUTE_NS - 1);
    assertThat(exporters.log(Level.WARNING)).hasSize(1);
    reports.dropped("d", 8000, firstNs + MINUTE_NS);

    assertThat(exporters.log(Level.WARNING)).hasSize(2);
    assertThat(exporters.log(Level.WARNING).get(0))
        .contains("count=1 ", "metric=a ", "encodedLength=5000 ");
    assertThat(exporters.log(Level.WARNING).get(1))
        .contains("count=3 ", "metric=d ", "encodedLength=8000 ");
  }

  @Test
  void shouldCountReducedPointsAndExportThem() {
    UserEventsMetricExporter exporter = start();

    CompletableResultCode result =
        exporter.export(List.of(Metrics.sum("a", 1), Metrics.sum("sampled", List.of(SAMPLED))));

    assertThat(Exporters.await(result).isSuccess()).isTrue();
    assertThat(exporter.statistics().reducedPoints()).isEqualTo(1);
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(2);
    assertThat(exporter.statistics().points(Outcome.DROPPED_TOO_LARGE)).isZero();
    assertThat(exporter.statistics().toString()).contains("reducedPoints=1,");
    assertThat(received.values()).containsExactly(1L, SAMPLED.getValue());
  }

  @Test
  void shouldLogOnceForManyReducedPointsAndSayWhatIsLeftOut() {
    UserEventsMetricExporter exporter = start();
    MetricData metric = Metrics.sum("order.{0}.latency", List.of(SAMPLED, SAMPLED));

    for (int i = 0; i < 3; i++) {
      assertThat(Exporters.await(exporter.export(List.of(metric))).isSuccess()).isTrue();
    }

    assertThat(exporter.statistics().reducedPoints()).isEqualTo(6);
    assertThat(exporters.log(Level.WARNING))
        .singleElement()
        .asString()
        .contains("count=1 ", "last metric=order.{0}.latency ", "leftOut=exemplars ")
        .contains("maxRecordLength=" + LIMIT);
  }

  @Test
  void shouldLogReducedPointsIndependentlyOfDroppedOnes() {
    OversizeReports reports = new OversizeReports(LIMIT);
    long firstNs = System.nanoTime();

    reports.dropped("dropped", 5000, firstNs);
    reports.reduced("a", false, firstNs);
    reports.reduced("b", false, firstNs + MINUTE_NS - 1);
    assertThat(exporters.log(Level.WARNING)).hasSize(2);
    reports.reduced("c", true, firstNs + MINUTE_NS);

    assertThat(exporters.log(Level.WARNING)).hasSize(3);
    assertThat(exporters.log(Level.WARNING).get(1))
        .contains("count=1 ", "metric=a ", "leftOut=exemplars ");
    assertThat(exporters.log(Level.WARNING).get(2))
        .contains("count=2 ", "metric=c ", "leftOut=exemplars and description ");
  }

  @Test
  void shouldLogTheRestWhenItIsShutDown() {
    UserEventsMetricExporter exporter = start();
    for (int i = 0; i < 12; i++) {
      exporter.export(List.of(Metrics.sum("large", List.of(LARGE))));
      exporter.export(List.of(Metrics.sum("sampled", List.of(SAMPLED))));
    }
    assertThat(exporters.log(Level.WARNING)).hasSize(2).allMatch(line -> line.contains("count=1 "));

    Exporters.await(exporter.shutdown());

    assertThat(exporters.log(Level.WARNING).subList(2, 4))
        .anyMatch(line -> line.contains("dropped") && line.contains("count=11 "))
        .anyMatch(line -> line.contains("exported without") && line.contains("count=11 "));
  }

  @Test
  void shouldExportLongPointsAloneByDefault() {
    tracepoint.attach(received);
    UserEventsMetricExporter exporter =
        exporters.start(UserEventsMetricExporter.builder().setTracepoint(tracepoint));

    CompletableResultCode result =
        exporter.export(
            List.of(
                Metrics.sum("a", 1), Metrics.sum("large", List.of(LARGE)), Metrics.sum("b", 2)));

    assertThat(Exporters.await(result).isSuccess()).isTrue();
    assertThat(received.values()).containsExactly(1L, -1L, 2L);
    assertThat(received.events())
        .filteredOn(event -> event.length > LIMIT)
        .singleElement()
        .satisfies(event -> assertThat(ReceivedEvents.valuesOf(event)).containsExactly(-1L));
  }

  private UserEventsMetricExporter start() {
    tracepoint.attach(received);
    return exporters.start(
        UserEventsMetricExporter.builder()
            .setTracepoint(tracepoint)
            .setMaxRecordLength(LIMIT)
            .setMaxSinglePointRecordLength(LIMIT));
  }
}
