// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.RecordPipeline;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first export, not the build, waits until the exporter has tried to register. */
@Timeout(300)
class RegistrationWaitTest {

  private static final List<MetricData> TEN_POINTS = List.of(Metrics.range("a", 0, 10));

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();
  private final CountDownLatch answered = new CountDownLatch(1);

  @Test
  void shouldBuildWhileTheKernelHangsAndExportOnceItHasAnswered() throws Exception {
    UserEventsMetricExporter exporter = startUnanswered();
    assertThat(exporter.isAttached()).isFalse();
    CompletableFuture<Thread> exporting = new CompletableFuture<>();
    CompletableFuture<CompletableResultCode> exported =
        CompletableFuture.supplyAsync(
            () -> {
              exporting.complete(Thread.currentThread());
              return exporter.export(TEN_POINTS);
            });
    while (exporting.get().getState() != Thread.State.TIMED_WAITING) {
      LockSupport.parkNanos(1_000_000);
    }

    answered.countDown();

    assertThat(await(exported.get()).isSuccess()).isTrue();
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(10);
    assertThat(exporters.pipelineLog(Level.WARNING)).isEmpty();
  }

  @Test
  void shouldWaitAgainAfterAnInterrupt() {
    UserEventsMetricExporter exporter = startUnanswered();
    Thread.currentThread().interrupt();
    assertThat(exporter.export(TEN_POINTS).isSuccess()).isTrue();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(exporter.statistics().skippedExports()).isEqualTo(1);
    CompletableFuture<Void> answering =
        CompletableFuture.runAsync(
            () -> {
              LockSupport.parkNanos(50_000_000);
              answered.countDown();
            });

    CompletableResultCode result = exporter.export(TEN_POINTS);

    assertThat(await(result).isSuccess()).isTrue();
    answering.join();
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(10);
  }

  @Test
  void shouldFlushAReaderOnceItHasAnswered() throws Exception {
    try (SdkMeterProvider provider =
        ReaderScenario.provider(
            new ReaderScenario(startUnanswered()).reader(ReaderScenario.NEVER))) {
      provider.get("book").counterBuilder("orders").build().add(3);

      CompletableResultCode flush = provider.forceFlush();

      LockSupport.parkNanos(50_000_000);
      answered.countDown();
      assertThat(await(flush).isSuccess()).isTrue();
      assertThat(tracepoint.received.values()).containsExactly(3L);
    }
  }

  @Test
  void shouldCollectForTheLastTimeOnceItHasAnswered() {
    UserEventsMetricExporter exporter = startUnanswered();
    SdkMeterProvider provider =
        ReaderScenario.provider(new ReaderScenario(exporter).reader(ReaderScenario.NEVER));
    provider.get("book").counterBuilder("orders").build().add(3);
    CompletableFuture<Void> answering =
        CompletableFuture.runAsync(
            () -> {
              LockSupport.parkNanos(50_000_000);
              answered.countDown();
            });

    assertThat(await(provider.shutdown()).isSuccess()).isTrue();

    answering.join();
    assertThat(tracepoint.received.values()).containsExactly(3L);
  }

  @Test
  void shouldNotWaitForAGivenPipelineWhoseAgentDoesNotRun() {
    try (RecordPipeline pipeline =
        RecordPipeline.builder().setTracepoint(tracepoint).buildAgent().pipeline()) {
      UserEventsMetricExporter exporter =
          exporters.startUnregistered(UserEventsMetricExporter.builder().setPipeline(pipeline));

      assertThat(exporter.export(TEN_POINTS).isSuccess()).isTrue();

      assertThat(exporter.statistics().skippedExports()).isEqualTo(1);
      assertThat(exporters.pipelineLog(Level.WARNING)).isEmpty();
    }
  }

  /** Starts an exporter whose tracepoint answers later. */
  private UserEventsMetricExporter startUnanswered() {
    tracepoint.whenRegistering =
        () -> {
          try {
            answered.await();
          } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts the consumer", e);
          }
        };
    return exporters.startUnregistered(
        UserEventsMetricExporter.builder().setTracepoint(tracepoint));
  }
}
