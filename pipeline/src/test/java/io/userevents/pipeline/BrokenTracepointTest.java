// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A tracepoint that throws where its contract says that it never does. */
@Timeout(300)
class BrokenTracepointTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();
  private final Thread publisher = Thread.currentThread();

  @Test
  void shouldGiveEachRecordAnOutcomeAndGoOnWhenAskingThrowsOnTheConsumer() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    tracepoint.whenAsked = this::throwOnTheConsumer;
    for (int i = 0; i < 20; i++) {
      publish(pipeline, "a", outcomes, i);
    }
    pipeline.flush().get(60, TimeUnit.SECONDS);
    assertThat(outcomes.outcomes()).hasSize(20).containsOnly(Outcome.DROPPED_DETACHED);

    tracepoint.whenAsked = () -> {};
    publish(pipeline, "b", outcomes, 20);
    pipeline.flush().get(60, TimeUnit.SECONDS);
    assertThat(outcomes.outcomes()).last().isEqualTo(Outcome.WRITTEN);
  }

  @Test
  void shouldCloseTheTracepointWhenAskingThrowsWhileDraining() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a", outcomes, 0);
    gate.awaitEntered();
    publish(pipeline, "b", outcomes, 1);
    tracepoint.whenAsked = this::throwOnTheConsumer;

    var closed = pipeline.closeAsync();
    gate.release();
    closed.get(60, TimeUnit.SECONDS);

    assertThat(tracepoint.closes).hasValue(1);
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN, Outcome.DROPPED_DETACHED);
  }

  @Test
  void shouldCountNothingWhenAskingThrowsOnThePublisher() {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    tracepoint.whenAsked =
        () -> {
          if (Thread.currentThread() == publisher) {
            throw new IllegalStateException("broken");
          }
        };

    assertThatThrownBy(() -> publish(pipeline, "a", outcomes, 0)).hasMessage("broken");

    tracepoint.whenAsked = () -> {};
    assertThat(pipeline.statistics().offered()).isZero();
    assertThat(outcomes.told()).isEmpty();
  }

  private void throwOnTheConsumer() {
    if (Thread.currentThread() != publisher) {
      throw new IllegalStateException("broken");
    }
  }
}
