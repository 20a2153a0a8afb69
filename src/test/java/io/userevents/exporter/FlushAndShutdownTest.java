// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.userevents.pipeline.Outcome;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class FlushAndShutdownTest {

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();

  @Test
  void shouldFlushWhenAllIsWritten() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    CompletableResultCode first = exporter.export(List.of(Metrics.sum("a", 1)));
    gate.awaitEntered();
    CompletableResultCode second = exporter.export(List.of(Metrics.sum("a", 2)));

    CompletableResultCode flushed = exporter.flush();

    assertThat(flushed.isDone()).isFalse();
    gate.release();
    assertThat(await(flushed).isSuccess()).isTrue();
    assertThat(tracepoint.received.values()).containsExactly(1L, 2L);
    assertThat(first.isSuccess()).isTrue();
    assertThat(second.isSuccess()).isTrue();
  }

  @Test
  void shouldFlushAtOnceIfNothingWaits() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    CompletableResultCode flushed = exporter.flush();

    assertThat(flushed.isDone()).isTrue();
    assertThat(flushed.isSuccess()).isTrue();
  }

  @Test
  void shouldWriteWhatIsUnderWayBeforeItShutsDown() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder().setTracepoint(tracepoint).setMaxPointsPerRecord(1));
    CompletableResultCode result = exporter.export(List.of(Metrics.range("a", 0, 10)));
    gate.awaitEntered();

    CompletableResultCode shutdown = exporter.shutdown();

    assertThat(shutdown.isDone()).isFalse();
    assertThat(tracepoint.closed).isFalse();
    gate.release();
    assertThat(await(shutdown).isSuccess()).isTrue();
    assertThat(tracepoint.closed).isTrue();
    assertThat(result.isSuccess()).isTrue();
    assertThat(tracepoint.received.values()).hasSize(10).isSorted();
  }

  @Test
  void shouldRefuseToExportAfterShutdown() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    await(exporter.shutdown());

    CompletableResultCode result =
        exporter.export(List.of(FailingMetric.atItsData(Metrics.sum("a", 1))));

    assertThat(result.isDone()).isTrue();
    assertThat(result.isSuccess()).isFalse();
    assertThat(exporter.isAttached()).isFalse();
    assertThat(await(exporter.flush()).isSuccess()).isTrue();
  }

  @Test
  void shouldSucceedAndLogWhenShutDownAgain() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    await(exporter.shutdown());
    assertThat(exporters.log(Level.INFO)).isEmpty();

    CompletableResultCode again = exporter.shutdown();

    assertThat(again.isDone()).isTrue();
    assertThat(again.isSuccess()).isTrue();
    assertThat(exporters.log(Level.INFO))
        .containsExactly("shutdown was called again; the exporter is shut down already");
  }

  @Test
  void shouldKeepStatisticsReadable() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    await(exporter.export(List.of(Metrics.sum("a", 1, 2))));
    ExporterStatistics before = exporter.statistics();
    await(exporter.export(List.of(Metrics.sum("a", 3))));
    await(exporter.shutdown());
    exporter.export(List.of(Metrics.sum("a", 4)));

    ExporterStatistics after = exporter.statistics();

    assertThat(before.points(Outcome.WRITTEN)).as("a snapshot does not change").isEqualTo(2);
    assertThat(after.exports()).isEqualTo(2);
    assertThat(after.skippedExports()).isZero();
    assertThat(after.points(Outcome.WRITTEN)).isEqualTo(3);
    assertThat(after.pipeline().written()).isEqualTo(2);
    assertThat(after.toString())
        .startsWith(
            "ExporterStatistics{exports=2, skippedExports=0, discardedCollections=0,"
                + " discardedPoints=0, reducedEnvelopes=0, reducedPoints=0, points.written=3, ")
        .contains("points.dropped_full=0", "pipeline=PipelineStatistics{offered=2, ");
  }
}
