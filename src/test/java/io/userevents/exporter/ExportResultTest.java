// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static io.userevents.exporter.Exporters.awaitFailure;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.internal.syscall.Errno;
import io.userevents.pipeline.Outcome;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Collection;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class ExportResultTest {

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();

  @Test
  void shouldCompleteWithTheOutcomeOfTheLastRecord() throws Exception {
    tracepoint.answer(0);
    ScriptedTracepoint.Gate last = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(onePointPerEvent());

    CompletableResultCode result = exporter.export(List.of(Metrics.sum("a", 1, 2)));
    last.awaitEntered();

    assertThat(tracepoint.received.values()).containsExactly(1L);
    assertThat(result.isDone()).isFalse();
    last.release();
    assertThat(await(result).isSuccess()).isTrue();
    assertThat(tracepoint.received.values()).containsExactly(1L, 2L);
  }

  @Test
  void shouldNotCompleteWhileRecordsAreStillToCome() throws Exception {
    tracepoint.answer(0);
    ScriptedTracepoint.Gate last = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(onePointPerEvent());
    Collection<MetricData> metrics =
        new AbstractList<>() {
          @Override
          public MetricData get(int index) {
            // The second is encoded when all records so far have their outcome.
            while (exporter.statistics().points(Outcome.WRITTEN) < index) {
              Thread.onSpinWait();
            }
            return Metrics.sum("a", index);
          }

          @Override
          public int size() {
            return 2;
          }
        };

    CompletableResultCode result = exporter.export(metrics);
    last.awaitEntered();

    assertThat(result.isDone()).isFalse();
    last.release();
    assertThat(await(result).isSuccess()).isTrue();
  }

  @Test
  void shouldFailAndCountPointsIfTheRingIsFull() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter =
        exporters.start(onePointPerEvent().setRingSlots(2).setMaxExportWait(Duration.ZERO));

    // The slot of the record that is being written is taken until the write returns.
    CompletableResultCode result = exporter.export(List.of(Metrics.range("a", 0, 10)));
    gate.awaitEntered();
    assertThat(result.isDone()).isFalse();
    gate.release();

    assertThat(awaitFailure(result)).contains("cause=dropped_full", "setMaxExportWait");
    ExporterStatistics statistics = exporter.statistics();
    assertThat(statistics.points(Outcome.WRITTEN)).isEqualTo(2);
    assertThat(statistics.points(Outcome.DROPPED_FULL)).isEqualTo(8);
    assertThat(tracepoint.received.values()).containsExactly(0L, 1L);
    await(exporter.flush());
    assertThat(await(exporter.export(List.of(Metrics.sum("a", 10)))).isSuccess()).isTrue();
  }

  @Test
  void shouldTakeADetachedListenerForASuccess() throws Exception {
    tracepoint.answer(-Errno.EBADF.number());
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(onePointPerEvent());

    // The first is refused as detached, the second gets through, the rest find the word cleared.
    CompletableResultCode result = exporter.export(List.of(Metrics.sum("a", 1, 2, 3, 4)));
    gate.awaitEntered();
    tracepoint.enabled = false;
    gate.release();

    assertThat(await(result).isSuccess()).isTrue();
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(1);
    assertThat(exporter.statistics().points(Outcome.DROPPED_DETACHED)).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(
      value = Errno.class,
      names = {"EIO", "EINVAL", "EPERM", "ENOMEM", "ENOSPC", "EAGAIN"})
  void shouldNameTheErrorForWhichAWriteFailed(Errno errno) {
    tracepoint.answer(-errno.number());
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    CompletableResultCode result = exporter.export(List.of(Metrics.sum("a", 1, 2, 3)));

    assertThat(awaitFailure(result))
        .contains("cause=dropped_error")
        .contains(errno.name() + " (" + errno.number());
    assertThat(exporter.statistics().points(Outcome.DROPPED_ERROR)).isEqualTo(3);
    assertThat(exporter.statistics().pipeline().errors()).containsOnlyKeys(errno.number());
    assertThat(await(exporter.export(List.of(Metrics.sum("a", 4)))).isSuccess()).isTrue();
    assertThat(tracepoint.received.values()).containsExactly(4L);
  }

  @Test
  void shouldNumberAnErrorWithoutAName() {
    tracepoint.answer(-77);
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    CompletableResultCode result = exporter.export(List.of(Metrics.sum("a", 1)));

    assertThat(awaitFailure(result)).contains("errno 77");
  }

  @Test
  void shouldTellTheFirstOfSeveralCauses() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    tracepoint.answer(-Errno.EIO.number()).answer(-Errno.EINVAL.number());
    UserEventsMetricExporter exporter = exporters.start(onePointPerEvent());

    CompletableResultCode result = exporter.export(List.of(Metrics.sum("a", 1, 2, 3, 4)));
    gate.awaitEntered();
    gate.release();

    assertThat(awaitFailure(result)).contains("EIO").doesNotContain("EINVAL");
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(2);
    assertThat(exporter.statistics().points(Outcome.DROPPED_ERROR)).isEqualTo(2);
  }

  @Test
  void shouldFailOnlyTheExportWhoseRecordsWereDropped() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    tracepoint.answer(-Errno.EIO.number());
    UserEventsMetricExporter exporter = exporters.start(onePointPerEvent());

    CompletableResultCode first = exporter.export(List.of(Metrics.sum("a", 1)));
    CompletableResultCode second = exporter.export(List.of(Metrics.sum("a", 2)));
    CompletableResultCode third = exporter.export(List.of(Metrics.sum("a", 3)));
    gate.awaitEntered();
    gate.release();

    assertThat(await(first).isSuccess()).isTrue();
    assertThat(awaitFailure(second)).contains("EIO");
    assertThat(await(third).isSuccess()).isTrue();
  }

  @Test
  void shouldSurviveACallbackOfTheResultThatThrows() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    CompletableResultCode first = exporter.export(List.of(Metrics.sum("a", 1)));
    gate.awaitEntered();
    first.whenComplete(
        () -> {
          throw new IllegalStateException("of the application");
        });

    // The SDK logs what the callback throws.
    try (CapturedLog log = new CapturedLog(CompletableResultCode.class)) {
      CompletableResultCode second = exporter.export(List.of(Metrics.sum("a", 2)));
      gate.release();

      assertThat(await(second).isSuccess()).isTrue();
      assertThat(log.messages(Level.WARNING)).hasSize(1);
    }
    assertThat(first.isSuccess()).isTrue();
  }

  private UserEventsMetricExporterBuilder onePointPerEvent() {
    return UserEventsMetricExporter.builder()
        .setTracepoint(tracepoint)
        .setMaxPointsPerRecord(1)
        .setGatherRecords(false);
  }
}
