// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static io.userevents.exporter.Exporters.awaitFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class BrokenOffExportTest {

  private static final MetricData BEFORE = Metrics.sum("before", 1, 2, 3);
  private static final MetricData AFTER = Metrics.sum("after", 6, 7, 8, 9);

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
  private final ReceivedEvents received = new ReceivedEvents();

  @BeforeEach
  void attach() {
    tracepoint.attach(received);
  }

  @Test
  void shouldFailAndCountThePointsThatAreInNoRecord() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    CompletableResultCode result =
        exporter.export(List.of(BEFORE, FailingMetric.atItsUnit(Metrics.sum("bad", 4, 5)), AFTER));

    assertThat(awaitFailure(result)).contains("no unit");
    assertThat(exporter.statistics().points(Outcome.DROPPED_ERROR)).isEqualTo(9);
    assertThat(received.events()).isEmpty();
    assertThat(exporters.log(Level.WARNING))
        .singleElement()
        .asString()
        .contains("export failed", "correct the code that produces it");
  }

  @Test
  void shouldWriteTheRecordsThatWerePublishedBefore() {
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder().setTracepoint(tracepoint).setMaxPointsPerRecord(2));

    CompletableResultCode result =
        exporter.export(List.of(BEFORE, FailingMetric.atItsUnit(Metrics.sum("bad", 4, 5)), AFTER));

    assertThat(awaitFailure(result)).contains("no unit");
    assertThat(received.values()).containsExactly(1L, 2L);
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(2);
    assertThat(exporter.statistics().points(Outcome.DROPPED_ERROR)).isEqualTo(7);
  }

  @Test
  void shouldFailEvenIfThePointsCannotBeCounted() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    CompletableResultCode result =
        exporter.export(List.of(BEFORE, FailingMetric.atItsData(Metrics.sum("bad", 4, 5)), AFTER));

    assertThat(awaitFailure(result)).contains("no data");
    assertThat(exporter.statistics().points(Outcome.DROPPED_ERROR)).isEqualTo(7);
  }

  @Test
  void shouldExportTheNextMetricsAndNothingOfTheBrokenOnes() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    exporter.export(List.of(BEFORE, FailingMetric.atItsUnit(Metrics.sum("bad", 4, 5)), AFTER));

    CompletableResultCode next = exporter.export(List.of(AFTER));

    assertThat(await(next).isSuccess()).isTrue();
    assertThat(received.values()).containsExactly(6L, 7L, 8L, 9L);
  }

  @Test
  void shouldLogOnceForManyExportsThatFail() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    for (int i = 0; i < 100; i++) {
      exporter.export(List.of(FailingMetric.atItsUnit(Metrics.sum("bad", 4, 5))));
    }

    assertThat(exporters.log(Level.WARNING)).hasSize(1);
    assertThat(exporter.statistics().points(Outcome.DROPPED_ERROR)).isEqualTo(200);
  }

  @Test
  void shouldCountWhatWasCollectedBeforeAShutdownThatCameFirst() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    await(exporter.shutdown());

    assertThat(exporter.exportCollected(List.of(BEFORE, AFTER)).isSuccess()).isFalse();

    assertThat(exporter.statistics().points(Outcome.DROPPED_CLOSED)).isEqualTo(7);
  }

  @Test
  void shouldExportAfterAnError() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    assertThatExceptionOfType(OutOfMemoryError.class)
        .isThrownBy(() -> exporter.export(FailingMetric.outOfMemory()))
        .withMessage("while encoding");
    CompletableResultCode next = exporter.export(List.of(AFTER));

    assertThat(await(next).isSuccess()).isTrue();
    assertThat(received.values()).containsExactly(6L, 7L, 8L, 9L);
  }

  @Test
  @SuppressWarnings("NullAway") // What it is not called with is what is tested.
  void shouldRefuseNull() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    assertThatNullPointerException().isThrownBy(() -> exporter.export(null)).withMessage("metrics");
    assertThat(exporter.statistics().exports()).isZero();
  }
}
