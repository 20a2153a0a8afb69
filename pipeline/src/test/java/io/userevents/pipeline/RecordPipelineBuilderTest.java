// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.tracepoint.LoopbackTracepoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordPipelineBuilderTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  @Test
  void shouldBuildWithTheDefaults() {
    RecordPipeline pipeline = pipelines.start(new LoopbackTracepoint("loop"));

    assertThat(pipeline)
        .hasToString(
            "RecordPipeline{eventName=loop, ringSlots=1024, maxRecordLength=4048, maxEventLength=4048,"
                + " gatherRecords=true,"
                + " backPressurePolicy=drop, waitStrategy=SLEEPING, consumerCpu=any}");
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, 0, 1, 3, 1000, 1 << 25})
  void shouldRefuseRingSlotsThatAreNoPowerOfTwoInRange(int ringSlots) {
    assertThatThrownBy(() -> RecordPipeline.builder().setRingSlots(ringSlots))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ringSlots=" + ringSlots);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 8169})
  void shouldRefuseARecordLengthThatPerfDoesNotDeliver(int length) {
    assertThatThrownBy(() -> RecordPipeline.builder().setMaxRecordLength(length))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxRecordLength=" + length);
  }

  @Test
  void shouldRefuseARingOfTwoGibibytes() {
    RecordPipelineBuilder builder =
        RecordPipeline.builder()
            .setTracepoint(new LoopbackTracepoint("loop"))
            .setRingSlots(1 << 24)
            .setMaxRecordLength(4048);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ringSlots=16777216")
        .hasMessageContaining("maxRecordLength=4048");
  }

  @Test
  void shouldRefuseTwoPipelinesWithOneTracepoint() {
    RecordPipelineBuilder builder =
        RecordPipeline.builder().setTracepoint(new LoopbackTracepoint("loop"));
    pipelines.start(builder);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("one pipeline for each tracepoint");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "a b", "a;b"})
  void shouldRefuseAnEventNameThatIsNone(String eventName) {
    assertThatThrownBy(() -> RecordPipeline.builder().setEventName(eventName))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("eventName=" + eventName);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void shouldRunWithTheSmallestRings(int ringSlots) throws Exception {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(ringSlots));

    for (int i = 0; i < 20; i++) {
      assertThat(Pipelines.publish(pipeline, "x")).isTrue();
      Pipelines.flush(pipeline);
    }

    assertThat(tracepoint.texts()).hasSize(20);
  }
}
