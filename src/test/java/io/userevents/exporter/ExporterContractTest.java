// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exporter fulfils the SDK's expectations of each exporter that no other test shows. */
@Timeout(300)
class ExporterContractTest {

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();

  @Test
  @SuppressWarnings("try") // That it is closed is what is tested.
  void shouldHaveWrittenAllAndBeShutDownOnceItIsClosed() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    CompletableResultCode result;
    try (MetricExporter closed = exporter) {
      result = closed.export(List.of(Metrics.sum("a", 1)));
      gate.awaitEntered();
      gate.release();
    }

    assertThat(result.isSuccess()).isTrue();
    assertThat(tracepoint.closed).isTrue();
    assertThat(exporter.export(List.of()).isSuccess()).isFalse();
  }

  @Test
  void shouldShutDownOnceForThreadsThatCallItAtTheSameTime() throws Exception {
    int threads = 4;
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<CompletableResultCode>> results = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        results.add(
            executor.submit(
                () -> {
                  start.await();
                  return exporter.shutdown();
                }));
      }

      for (Future<CompletableResultCode> result : results) {
        assertThat(await(result.get()).isSuccess()).isTrue();
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(exporters.log(Level.INFO)).hasSize(threads - 1);
  }

  @Test
  void shouldCompleteAllFlushesThatWaitForTheSameWrite() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    CompletableResultCode result = exporter.export(List.of(Metrics.sum("a", 1)));
    gate.awaitEntered();

    List<CompletableResultCode> flushes =
        List.of(exporter.flush(), exporter.flush(), exporter.flush());

    assertThat(flushes).noneMatch(CompletableResultCode::isDone);
    gate.release();
    assertThat(flushes).allMatch(flush -> await(flush).isSuccess());
    assertThat(result.isSuccess()).isTrue();
  }

  @Test
  void shouldFlushWithSuccessWhatCouldNotBeWritten() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    tracepoint.answer(-5);
    UserEventsMetricExporter exporter =
        exporters.start(UserEventsMetricExporter.builder().setTracepoint(tracepoint));
    exporter.export(List.of(Metrics.sum("a", 1)));
    gate.awaitEntered();
    CompletableResultCode refused = exporter.export(List.of(Metrics.sum("a", 2)));

    CompletableResultCode flush = exporter.flush();
    gate.release();

    // Nothing waits any more; that something was lost is said by its own result.
    assertThat(await(flush).isSuccess()).isTrue();
    assertThat(await(refused).isSuccess()).isFalse();
  }

  @Test
  void shouldShowItsDefaults() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    assertThat(exporter)
        .hasToString(
            "UserEventsMetricExporter{"
                + "pipeline=RecordPipeline{eventName=scripted,"
                + " tracepoint=io.userevents.exporter.ScriptedTracepoint, ringSlots=1024,"
                + " maxRecordLength=8168, maxEventLength=4048, gatherRecords=true,"
                + " pacing=8388608B/s+65536B, backPressurePolicy=drop, waitStrategy=SLEEPING,"
                + " idleStrategy=default, errorHandler=default, consumerCpu=any,"
                + " consumerCpuRequired=false, threadFactory=default, stateListener=default,"
                + " tracefs=default, dataFileDescriptor=default, registrationWait=PT0S, retryPeriod=PT1M}, "
                + "onePointPerEvent=false, "
                + "maxPointsPerRecord=2147483647, "
                + "maxSinglePointRecordLength=8168, "
                + "excludedResourceAttributes=[process.command_args, process.command_line], "
                + "encodingCacheMemory="
                + UserEventsMetricExporterBuilder.DEFAULT_ENCODING_CACHE_MEMORY
                + ", "
                + "aggregationTemporalitySelector="
                + AggregationTemporalitySelector.asString(
                    AggregationTemporalitySelector.deltaPreferred())
                + ", defaultAggregationSelector="
                + DefaultAggregationSelector.asString(DefaultAggregationSelector.getDefault())
                + ", memoryMode=REUSABLE_DATA, maxExportWait=PT1M, selfMetrics=false}");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8168})
  void shouldTakeTheShortestAndTheLongestRecord(int maxRecordLength) {
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder()
                .setTracepoint(tracepoint)
                .setMaxRecordLength(maxRecordLength)
                .setMaxSinglePointRecordLength(maxRecordLength));

    assertThat(exporter)
        .asString()
        .contains("maxRecordLength=" + maxRecordLength + ", maxEventLength=" + maxRecordLength);
  }

  @Test
  void shouldBuildExportersThatLiveAndEndByThemselves(@TempDir Path folder) {
    UserEventsMetricExporterBuilder builder = UserEventsMetricExporter.builder().setTracefs(folder);
    UserEventsMetricExporter one = exporters.start(builder);
    UserEventsMetricExporter other = exporters.start(builder);

    await(one.shutdown());

    assertThat(one.export(List.of()).isSuccess()).isFalse();
    assertThat(other.export(List.of()).isSuccess()).isTrue();
  }
}
