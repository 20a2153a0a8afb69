// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.pipeline.BackPressurePolicies;
import io.userevents.pipeline.Outcome;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The SDK's reader with batches: it exports the next one from the continuation of the last one's
 * result.
 */
@Timeout(300)
class BatchedExportTest {

  private static final int SERIES = 1000;

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();
  private final Set<String> exportingThreads = ConcurrentHashMap.newKeySet();

  @Test
  void shouldWriteAllBatchesThroughARingThatIsSmallerThanEach() {
    UserEventsMetricExporter exporter = exporters.start(smallRing());

    assertThat(await(exportInBatches(exporter)).isSuccess()).isTrue();

    assertAllWritten(exporter);
    assertThat(exportingThreads)
        .as("the consumer would wait for itself")
        .contains(Completions.THREAD_NAME)
        .doesNotContain("user-events-scripted");
  }

  @Test
  void shouldWriteAllBatchesWithAPolicyThatWaits() {
    UserEventsMetricExporter exporter =
        exporters.start(smallRing().setBackPressurePolicy(BackPressurePolicies.waitUnbounded()));

    assertThat(await(exportInBatches(exporter)).isSuccess()).isTrue();

    assertAllWritten(exporter);
  }

  private void assertAllWritten(UserEventsMetricExporter exporter) {
    assertThat(exporter.statistics().points(Outcome.DROPPED_FULL)).isZero();
    assertThat(tracepoint.received.values())
        .as("values of the sum, each with its own series")
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, SERIES).boxed().toList());
  }

  private UserEventsMetricExporterBuilder smallRing() {
    return UserEventsMetricExporter.builder()
        .setTracepoint(tracepoint)
        .setRingSlots(16)
        .setMaxPointsPerRecord(1);
  }

  private CompletableResultCode exportInBatches(UserEventsMetricExporter exporter) {
    SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .registerMetricReader(
                PeriodicMetricReader.builder(observed(exporter))
                    .setInterval(Duration.ofDays(1))
                    .setMaxExportBatchSize(100)
                    .build())
            .build();
    LongCounter counter = provider.get("batches").counterBuilder("orders").build();
    for (long series = 0; series < SERIES; series++) {
      counter.add(series, Attributes.of(AttributeKey.longKey("series"), series));
    }
    CompletableResultCode flushed = provider.forceFlush();
    await(flushed);
    provider.close();
    return flushed;
  }

  /** Notes which threads export, and is shut down by the test, not by the provider. */
  private MetricExporter observed(UserEventsMetricExporter exporter) {
    return new MetricExporter() {
      @Override
      public CompletableResultCode export(Collection<MetricData> metrics) {
        exportingThreads.add(Thread.currentThread().getName());
        return exporter.export(metrics);
      }

      @Override
      public CompletableResultCode flush() {
        return exporter.flush();
      }

      @Override
      public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
      }

      @Override
      public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
        return exporter.getAggregationTemporality(instrumentType);
      }
    };
  }
}
