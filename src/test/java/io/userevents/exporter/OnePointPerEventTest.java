// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The switch and the settings that it stands for. Its events are {@link SingleEventsTest}'s. */
@Timeout(300)
class OnePointPerEventTest {

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
  private final ReceivedEvents received = new ReceivedEvents();
  private final UserEventsMetricExporterBuilder builder =
      UserEventsMetricExporter.builder().setTracepoint(tracepoint);

  @BeforeEach
  void attach() {
    tracepoint.attach(received);
  }

  @Test
  void shouldWriteAnEventForEachPointInTheOrderOfTheExport() {
    UserEventsMetricExporter exporter = exporters.start(builder.setOnePointPerEvent(true));

    await(exporter.export(List.of(Metrics.range("a", 0, 20), Metrics.range("b", 20, 40))));

    assertThat(received.events())
        .hasSize(40)
        .allSatisfy(event -> assertThat(ReceivedEvents.valuesOf(event)).hasSize(1));
    assertThat(received.values())
        .containsExactlyElementsOf(LongStream.range(0, 40).boxed().toList());
    assertThat(exporter.statistics().pipeline().events()).isEqualTo(40);
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(40);
  }

  @Test
  void shouldWriteTheBytesOfBothSettingsThatItStandsFor() {
    UserEventsMetricExporter single = exporters.start(builder.setOnePointPerEvent(true));
    ReceivedEvents receivedOfBoth = new ReceivedEvents();
    LoopbackTracepoint other = new LoopbackTracepoint("otlp_metrics");
    other.attach(receivedOfBoth);
    UserEventsMetricExporter both =
        exporters.start(
            UserEventsMetricExporter.builder()
                .setTracepoint(other)
                .setMaxPointsPerRecord(1)
                .setGatherRecords(false));

    await(single.export(List.of(Metrics.range("a", 0, 9))));
    await(both.export(List.of(Metrics.range("a", 0, 9))));

    assertThat(received.events()).hasSize(9).containsExactlyElementsOf(receivedOfBoth.events());
  }

  @Test
  void shouldPackIfItIsOff() {
    UserEventsMetricExporter exporter = exporters.start(builder.setOnePointPerEvent(false));

    await(exporter.export(List.of(Metrics.range("a", 0, 20))));

    assertThat(received.events()).hasSize(1);
  }

  @Test
  void shouldBeSwitchedOffAgainOnABuilderThatHasBuilt() {
    UserEventsMetricExporter single = exporters.start(builder.setOnePointPerEvent(true));
    UserEventsMetricExporter packing =
        exporters.start(
            single.toBuilder()
                .setTracepoint(new LoopbackTracepoint("otlp_metrics"))
                .setOnePointPerEvent(false));

    assertThat(single)
        .asString()
        .contains("gatherRecords=false", "onePointPerEvent=true, maxPointsPerRecord=1,");
    assertThat(packing)
        .hasToString(
            single
                .toString()
                .replace("gatherRecords=false", "gatherRecords=true")
                .replace("onePointPerEvent=true", "onePointPerEvent=false")
                .replace("PerRecord=1,", "PerRecord=" + Integer.MAX_VALUE + ","));
  }

  @Test
  void shouldAgreeWithSettingsThatSayTheSame() {
    UserEventsMetricExporter exporter =
        exporters.start(
            builder.setGatherRecords(false).setMaxPointsPerRecord(1).setOnePointPerEvent(true));

    await(exporter.export(List.of(Metrics.range("a", 0, 3))));

    assertThat(received.events()).hasSize(3);
  }

  @Test
  void shouldRefuseMorePointsPerRecordInEitherOrder() {
    String both =
        "onePointPerEvent=true (setOnePointPerEvent, one_point_per_event) contradicts"
            + " maxPointsPerRecord=100 (setMaxPointsPerRecord, max_points_per_record)";

    assertThatIllegalStateException()
        .isThrownBy(() -> builder.setOnePointPerEvent(true).setMaxPointsPerRecord(100).build())
        .withMessageStartingWith(both)
        .withMessageContaining("set it to 1");
    assertThatIllegalStateException()
        .isThrownBy(() -> builder.setMaxPointsPerRecord(100).setOnePointPerEvent(true).build())
        .withMessageStartingWith(both);
  }

  @Test
  void shouldRefuseTheDefaultToo() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                builder
                    .setOnePointPerEvent(true)
                    .setMaxPointsPerRecord(
                        UserEventsMetricExporterBuilder.UNLIMITED_POINTS_PER_RECORD)
                    .build())
        .withMessageContaining("maxPointsPerRecord=2147483647");
  }

  @Test
  void shouldRefuseGathering() {
    assertThatIllegalStateException()
        .isThrownBy(() -> builder.setGatherRecords(true).setOnePointPerEvent(true).build())
        .withMessageStartingWith(
            "onePointPerEvent=true (setOnePointPerEvent, one_point_per_event) contradicts"
                + " gatherRecords=true (setGatherRecords, gather_records)")
        .withMessageContaining("set it to false");
  }

  @Test
  void shouldRefuseAPipelineThatGathers() {
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      UserEventsMetricExporterBuilder given =
          UserEventsMetricExporter.builder().setPipeline(pipeline).setOnePointPerEvent(true);

      assertThatIllegalStateException()
          .isThrownBy(given::build)
          .withMessageStartingWith("onePointPerEvent=true ")
          .withMessageContaining("pipeline=RecordPipeline{")
          .withMessageContaining("build the pipeline with setGatherRecords(false)");
    }
  }

  @Test
  void shouldTakeAPipelineThatDoesNotGather() {
    try (RecordPipeline pipeline =
        RecordPipeline.builder().setTracepoint(tracepoint).setGatherRecords(false).build()) {
      UserEventsMetricExporter exporter =
          exporters.start(
              UserEventsMetricExporter.builder().setPipeline(pipeline).setOnePointPerEvent(true));

      await(exporter.export(List.of(Metrics.range("a", 0, 5))));

      assertThat(received.events()).hasSize(5);
    }
  }
}
