// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class DetachedExportTest {

  private static final MetricData UNREADABLE = FailingMetric.atItsData(Metrics.sum("a", 1));

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
  private final ReceivedEvents received = new ReceivedEvents();

  @Test
  void shouldSucceedAtOnceWithoutReadingTheMetrics() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    CompletableResultCode result = exporter.export(List.of(UNREADABLE));

    assertThat(result.isDone()).isTrue();
    assertThat(result.isSuccess()).isTrue();
    assertThat(exporter.isAttached()).isFalse();
    ExporterStatistics statistics = exporter.statistics();
    assertThat(statistics.exports()).isEqualTo(1);
    assertThat(statistics.skippedExports()).isEqualTo(1);
    assertThat(statistics.pipeline().offered()).isZero();
  }

  @Test
  void shouldExportWhileAListenerIsAttachedOnly() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    tracepoint.attach(received);
    assertThat(exporter.isAttached()).isTrue();
    CompletableResultCode attached = exporter.export(List.of(Metrics.sum("a", 1, 2)));
    assertThat(await(attached).isSuccess()).isTrue();
    tracepoint.detach();
    CompletableResultCode detached = exporter.export(List.of(UNREADABLE));

    assertThat(detached.isSuccess()).isTrue();
    assertThat(received.values()).containsExactly(1L, 2L);
    assertThat(exporter.statistics().exports()).isEqualTo(2);
    assertThat(exporter.statistics().skippedExports()).isEqualTo(1);
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(2);
  }

  @Test
  void shouldSucceedAtOnceIfThereIsNothingToExport() {
    tracepoint.attach(received);
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    CompletableResultCode noMetrics = exporter.export(List.of());
    CompletableResultCode noPoints = exporter.export(List.of(Metrics.sum("a")));

    assertThat(noMetrics.isSuccess()).isTrue();
    assertThat(noPoints.isSuccess()).isTrue();
    assertThat(exporter.statistics().skippedExports()).isZero();
    assertThat(exporter.statistics().pipeline().offered()).isZero();
  }

  @Test
  void shouldTakeAListenerThatDetachesWhilePointsAreEncodedForASuccess() {
    tracepoint.attach(received);
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    CompletableResultCode result =
        exporter.export(
            new AbstractList<>() {
              @Override
              public MetricData get(int index) {
                tracepoint.detach();
                return Metrics.sum("a", 1, 2, 3);
              }

              @Override
              public int size() {
                return 1;
              }
            });

    assertThat(await(result).isSuccess()).isTrue();
    assertThat(received.events()).isEmpty();
    assertThat(exporter.statistics().points(Outcome.DROPPED_DETACHED)).isEqualTo(3);
    assertThat(exporter.statistics().skippedExports()).isZero();
  }
}
