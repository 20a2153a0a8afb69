// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static io.userevents.exporter.Exporters.awaitFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.RecordPipeline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class GivenPipelineTest {

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();

  @Test
  void shouldBeSharedByExportersThatCountTheirOwnPoints() {
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      UserEventsMetricExporter one = exporters.start(builder(pipeline));
      UserEventsMetricExporter other = exporters.start(builder(pipeline).setMaxPointsPerRecord(1));

      await(one.export(List.of(Metrics.sum("a", 1, 2))));
      await(other.export(List.of(Metrics.sum("b", 3, 4))));

      assertThat(tracepoint.received.values()).containsExactly(1L, 2L, 3L, 4L);
      assertThat(one.statistics().points(Outcome.WRITTEN)).isEqualTo(2);
      assertThat(other.statistics().points(Outcome.WRITTEN)).isEqualTo(2);
      assertThat(pipeline.statistics().written()).isEqualTo(3);
    }
  }

  @Test
  void shouldLimitRecordsToWhatItTakes() {
    try (RecordPipeline pipeline =
        RecordPipeline.builder().setTracepoint(tracepoint).setMaxRecordLength(300).build()) {
      UserEventsMetricExporter exporter = exporters.start(builder(pipeline));

      assertThat(await(exporter.export(List.of(Metrics.range("a", 0, 50)))).isSuccess()).isTrue();

      assertThat(tracepoint.received.values()).hasSize(50);
      assertThat(pipeline.statistics().count(Outcome.DROPPED_TOO_LARGE)).isZero();
    }
  }

  @Test
  void shouldStayOpenWhenAnExporterIsShutDownThatHasDrainedIt() throws Exception {
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      UserEventsMetricExporter one = exporters.start(builder(pipeline));
      UserEventsMetricExporter other = exporters.start(builder(pipeline));
      ScriptedTracepoint.Gate gate = tracepoint.block();
      CompletableResultCode exported = one.export(List.of(Metrics.sum("a", 1)));
      gate.awaitEntered();

      CompletableResultCode shutdown = one.shutdown();
      assertThat(shutdown.isDone()).isFalse();
      gate.release();

      assertThat(await(shutdown).isSuccess()).isTrue();
      assertThat(exported.isSuccess()).isTrue();
      assertThat(one.export(List.of(Metrics.sum("a", 2))).isSuccess()).isFalse();
      assertThat(one.isAttached()).isFalse();
      assertThat(other.isAttached()).isTrue();
      assertThat(tracepoint.closed).isFalse();
      assertThat(await(other.export(List.of(Metrics.sum("b", 3)))).isSuccess()).isTrue();
      assertThat(tracepoint.received.values()).containsExactly(1L, 3L);
    }
    assertThat(tracepoint.closed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldFailExportsAfterItsOwnerHasClosedIt(boolean isAttached) {
    tracepoint.enabled = isAttached;
    RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build();
    UserEventsMetricExporter exporter = exporters.start(builder(pipeline));
    pipeline.close();

    CompletableResultCode result = exporter.export(List.of(Metrics.sum("a", 1, 2)));
    exporter.export(List.of(Metrics.sum("a", 3)));

    assertThat(awaitFailure(result))
        .contains("cause=dropped_closed", "the pipeline was closed", "shut the exporter down");
    assertThat(exporter.statistics().points(Outcome.DROPPED_CLOSED)).isEqualTo(3);
    assertThat(exporter.statistics().exports()).isEqualTo(2);
    assertThat(exporter.statistics().skippedExports()).isZero();
    assertThat(exporters.log(Level.WARNING))
        .singleElement()
        .asString()
        .contains("the pipeline that was given to this exporter is closed");
  }

  @Test
  void shouldWaitForItsRingUnlessToldOtherwise() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    try (RecordPipeline pipeline =
        RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(2).build()) {
      UserEventsMetricExporter waiting = exporters.start(builder(pipeline));
      UserEventsMetricExporter dropping =
          exporters.start(builder(pipeline).setMaxExportWait(Duration.ZERO));
      CompletableResultCode first =
          dropping.export(List.of(Metrics.sum("a", 1), Metrics.sum("b", 2)));
      gate.awaitEntered();
      dropping.export(List.of(Metrics.sum("a", 3)));
      assertThat(dropping.export(List.of(Metrics.sum("a", 4))).isSuccess()).isFalse();
      CompletableFuture<CompletableResultCode> export =
          CompletableFuture.supplyAsync(() -> waiting.export(List.of(Metrics.sum("a", 5))));

      gate.release();

      assertThat(await(export.get()).isSuccess()).isTrue();
      assertThat(await(first).isSuccess()).isTrue();
      assertThat(dropping.statistics().points(Outcome.DROPPED_FULL)).isEqualTo(1);
      assertThat(tracepoint.received.values()).containsExactly(1L, 2L, 3L, 5L);
    }
  }

  @Test
  void shouldRefuseSettingsThatWouldBeWithoutEffect() {
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      UserEventsMetricExporterBuilder builder =
          builder(pipeline).setRingSlots(16).setEventName("other");

      assertThatIllegalStateException()
          .isThrownBy(builder::build)
          .withMessageContaining("a pipeline was given")
          .withMessageEndingWith("setEventName, setRingSlots");
    }
  }

  @Test
  void shouldTakeThePlaceOfThePipelineOfAnExporterWhoseBuilderIsCopied() {
    UserEventsMetricExporter own =
        exporters.start(
            UserEventsMetricExporter.builder()
                .setTracepoint(exporters.tracepoint())
                .setRingSlots(16)
                .setMaxPointsPerRecord(3));
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      UserEventsMetricExporter given = exporters.start(own.toBuilder().setPipeline(pipeline));

      await(given.export(List.of(Metrics.range("a", 0, 6))));

      assertThat(pipeline.statistics().written()).isEqualTo(2);
      assertThatIllegalStateException()
          .isThrownBy(() -> given.toBuilder().setRingSlots(8).build())
          .withMessageEndingWith("setRingSlots");
    }
  }

  @Test
  void shouldBeSharedByWhatACopiedBuilderBuilds() {
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      UserEventsMetricExporter one = exporters.start(builder(pipeline).setMaxPointsPerRecord(3));
      UserEventsMetricExporter copy = exporters.start(one.toBuilder());

      await(copy.export(List.of(Metrics.range("a", 0, 6))));

      assertThat(pipeline.statistics().written()).isEqualTo(2);
      assertThat(copy).hasToString(one.toString());
    }
  }

  private static UserEventsMetricExporterBuilder builder(RecordPipeline pipeline) {
    return UserEventsMetricExporter.builder().setPipeline(pipeline);
  }
}
