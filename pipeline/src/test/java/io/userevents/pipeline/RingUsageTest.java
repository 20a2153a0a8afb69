// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class RingUsageTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();

  @Test
  void shouldCountSlotsUntilTheirRecordsAreWritten() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(8));
    assertThat(pipeline.ringSlots()).isEqualTo(8);
    assertThat(pipeline.usedSlots()).isZero();

    Pipelines.publish(pipeline, "a");
    gate.awaitEntered();
    Pipelines.publish(pipeline, "b");

    assertThat(pipeline.usedSlots()).isEqualTo(2);
    gate.release();
    Pipelines.flush(pipeline);
    assertThat(pipeline.usedSlots()).isZero();
  }

  @Test
  void shouldBeNoneOnceThePipelineIsClosed() {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();

    assertThat(pipeline.usedSlots()).isZero();
  }
}
