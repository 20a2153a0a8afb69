// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class PackingTest {

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
  private final ReceivedEvents received = new ReceivedEvents();

  @BeforeEach
  void attach() {
    tracepoint.attach(received);
  }

  @Test
  void shouldPackThePointsOfAnExportIntoOneRecordIfTheyFit() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    await(exporter.export(List.of(Metrics.range("a", 0, 20), Metrics.range("b", 20, 40))));

    assertThat(received.events()).hasSize(1);
    assertThat(received.values()).hasSize(40).isSorted();
    assertThat(exporter.statistics().pipeline().offered()).isEqualTo(1);
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(40);
  }

  @Test
  void shouldWriteOnePointPerEventIfAskedTo() {
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder()
                .setTracepoint(tracepoint)
                .setMaxPointsPerRecord(1)
                .setGatherRecords(false));

    await(exporter.export(List.of(Metrics.range("a", 0, 20))));

    assertThat(received.events()).hasSize(20);
    assertThat(received.events())
        .allSatisfy(event -> assertThat(ReceivedEvents.valuesOf(event)).hasSize(1));
    assertThat(received.values())
        .containsExactlyElementsOf(LongStream.range(0, 20).boxed().toList());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldExceedTheLimitNeitherInRecordsNorInEvents(boolean gather) {
    int limit = 400;
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder()
                .setTracepoint(tracepoint)
                .setMaxRecordLength(limit)
                .setGatherRecords(gather));
    List<LongPointData> points = new ArrayList<>();
    for (int length = 0; length < 100; length++) {
      points.add(Metrics.pointOfLength(length, length));
    }

    CompletableResultCode result = exporter.export(List.of(Metrics.sum("a", points)));

    assertThat(await(result).isSuccess()).isTrue();
    assertThat(received.events())
        .hasSizeGreaterThan(10)
        .allSatisfy(event -> assertThat(event).hasSizeLessThanOrEqualTo(limit));
    assertThat(received.values())
        .containsExactlyElementsOf(LongStream.range(0, 100).boxed().toList());
    assertThat(exporter.statistics().pipeline().offered())
        .isGreaterThanOrEqualTo(received.events().size());
  }
}
