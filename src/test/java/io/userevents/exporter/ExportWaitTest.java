// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static io.userevents.exporter.Exporters.awaitFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.pipeline.BackPressurePolicies;
import io.userevents.pipeline.BackPressurePolicy.Decision;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.RecordPipeline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How an export waits for slots of the ring, and when it stops. */
@Timeout(300)
class ExportWaitTest {

  private static final List<MetricData> TEN_POINTS = List.of(Metrics.range("a", 0, 10));

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();

  @Test
  void shouldWaitForTheConsumerAndLoseNothing() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(twoSlots());
    CompletableFuture<CompletableResultCode> export = exportOnAnotherThread(exporter);
    gate.awaitEntered();
    assertThat(export.isDone()).isFalse();

    gate.release();

    assertThat(await(export.get()).isSuccess()).isTrue();
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(10);
    assertThat(tracepoint.received.values()).hasSize(10).isSorted();
  }

  @Test
  void shouldDropTheRestWhenTheWaitIsUsedUpAndSayTheSetting() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    Duration wait = Duration.ofMillis(50);
    UserEventsMetricExporter exporter = exporters.start(twoSlots().setMaxExportWait(wait));
    long startNs = System.nanoTime();

    CompletableResultCode result = exporter.export(TEN_POINTS);

    assertThat(System.nanoTime() - startNs)
        .as("one wait for the whole export")
        .isGreaterThanOrEqualTo(wait.toNanos());
    gate.release();
    assertThat(awaitFailure(result))
        .contains("cause=dropped_full", "maxExportWait=PT0.05S", "setMaxExportWait");
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(2);
    assertThat(exporter.statistics().points(Outcome.DROPPED_FULL)).isEqualTo(8);
  }

  @Test
  void shouldEndTheWaitOfAThreadThatIsInterrupted() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter =
        exporters.start(twoSlots().setMaxExportWait(Duration.ofDays(1)));
    CompletableFuture<CompletableResultCode> exported = new CompletableFuture<>();
    CompletableFuture<Boolean> isInterrupted = new CompletableFuture<>();
    Thread exporting =
        new Thread(
            () -> {
              exported.complete(exporter.export(TEN_POINTS));
              isInterrupted.complete(Thread.currentThread().isInterrupted());
            });
    exporting.start();
    gate.awaitEntered();

    exporting.interrupt();
    CompletableResultCode result = exported.get();

    assertThat(isInterrupted.get()).isTrue();
    gate.release();
    assertThat(awaitFailure(result)).contains("cause=dropped_full", "interrupted");
    assertThat(exporter.statistics().points(Outcome.DROPPED_FULL)).isEqualTo(8);
  }

  @Test
  void shouldEndTheWaitWithSuccessWhenTheListenerDetaches() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter =
        exporters.start(twoSlots().setMaxExportWait(Duration.ofDays(1)));
    CompletableFuture<CompletableResultCode> export = exportOnAnotherThread(exporter);
    gate.awaitEntered();

    tracepoint.enabled = false;
    CompletableResultCode result = export.get();

    gate.release();
    assertThat(await(result).isSuccess()).isTrue();
    assertThat(exporter.statistics().points(Outcome.DROPPED_DETACHED)).isPositive();
    assertThat(exporter.statistics().points(Outcome.DROPPED_FULL)).isZero();
  }

  @Test
  void shouldEndTheWaitSomeTimeAfterTheExporterIsShutDown() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter =
        exporters.start(twoSlots().setMaxExportWait(Duration.ofDays(1)));
    CompletableFuture<CompletableResultCode> export = exportOnAnotherThread(exporter);
    gate.awaitEntered();

    CompletableResultCode shutdown = exporter.shutdown();
    CompletableResultCode result = export.get();

    gate.release();
    assertThat(await(shutdown).isSuccess()).isTrue();
    assertThat(awaitFailure(result)).contains("cause=dropped_closed");
    assertThat(exporter.statistics().points(Outcome.DROPPED_CLOSED)).isPositive();
  }

  @Test
  void shouldWriteTheRestOfAnExportThatWaitsWhenTheExporterIsShutDown() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter =
        exporters.start(twoSlots().setMaxExportWait(Duration.ofDays(1)));
    CompletableFuture<CompletableResultCode> export = exportOnAnotherThread(exporter);
    gate.awaitEntered();

    CompletableResultCode shutdown = exporter.shutdown();
    assertThat(exporter.export(List.of(Metrics.sum("a", 1))).isSuccess()).isFalse();
    gate.release();

    assertThat(await(export.get()).isSuccess()).isTrue();
    assertThat(await(shutdown).isSuccess()).isTrue();
    assertThat(tracepoint.closed).isTrue();
    assertThat(exporter.statistics().points(Outcome.DROPPED_CLOSED)).isZero();
  }

  @Test
  void shouldFlushAGivenPipelineAfterTheExportThatIsUnderWay() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    try (RecordPipeline pipeline =
        RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(2).build()) {
      UserEventsMetricExporter exporter =
          exporters.start(
              UserEventsMetricExporter.builder()
                  .setPipeline(pipeline)
                  .setMaxPointsPerRecord(1)
                  .setMaxExportWait(Duration.ofDays(1)));
      CompletableFuture<CompletableResultCode> export = exportOnAnotherThread(exporter);
      gate.awaitEntered();

      CompletableResultCode shutdown = exporter.shutdown();
      gate.release();

      assertThat(await(shutdown).isSuccess()).isTrue();
      assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(10);
      assertThat(await(export.get()).isSuccess()).isTrue();
    }
  }

  @Test
  void shouldLeaveTheDecisionToAPolicyThatWasSet() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    AtomicInteger asked = new AtomicInteger();
    UserEventsMetricExporter exporter =
        exporters.start(
            twoSlots()
                .setBackPressurePolicy(
                    pressure -> {
                      asked.incrementAndGet();
                      return Decision.DROP;
                    }));

    // It would wait until the gate is opened below.
    CompletableResultCode result = exporter.export(TEN_POINTS);

    gate.awaitEntered();
    gate.release();
    assertThat(awaitFailure(result)).contains("cause=dropped_full");
    assertThat(asked).hasValue(8);
    assertThat(exporter).asString().contains("maxExportWait=PT0S");
    assertThat(exporter.toBuilder().setTracepoint(exporters.tracepoint()).maxExportWaitNs())
        .as("of a copy")
        .isZero();
  }

  @Test
  void shouldWaitBeforeThePolicyDecidesIfBothWereSet() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter =
        exporters.start(
            twoSlots()
                .setBackPressurePolicy(BackPressurePolicies.drop())
                .setMaxExportWait(Duration.ofDays(1)));
    CompletableFuture<CompletableResultCode> export = exportOnAnotherThread(exporter);
    gate.awaitEntered();

    gate.release();

    assertThat(await(export.get()).isSuccess()).isTrue();
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 86_400_000_000_001L})
  void shouldRefuseAWaitThatIsOutOfRange(long nanos) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> UserEventsMetricExporter.builder().setMaxExportWait(Duration.ofNanos(nanos)))
        .withMessageContaining("maxExportWait must be 0 to 1 day: maxExportWait=");
  }

  private UserEventsMetricExporterBuilder twoSlots() {
    return UserEventsMetricExporter.builder()
        .setTracepoint(tracepoint)
        .setRingSlots(2)
        .setMaxPointsPerRecord(1)
        .setGatherRecords(false);
  }

  private static CompletableFuture<CompletableResultCode> exportOnAnotherThread(
      UserEventsMetricExporter exporter) {
    return CompletableFuture.supplyAsync(() -> exporter.export(TEN_POINTS))
        .orTimeout(60, TimeUnit.SECONDS);
  }
}
