// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(20)
class FlushTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  @Test
  void shouldBeCompleteAtOnceWhenNothingWasPublished() {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThat(pipeline.flush()).isCompleted();
  }

  @Test
  void shouldBeCompleteAtOnceWhenAllIsWritten() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a");
    flush(pipeline);

    assertThat(pipeline.flush()).isCompleted();
  }

  @Test
  void shouldNotCompleteBeforeTheOutcomes() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a", outcomes, 1);
    gate.awaitEntered();
    publish(pipeline, "b", outcomes, 2);

    CompletableFuture<Integer> told = pipeline.flush().thenApply(done -> outcomes.told().size());

    assertThat(told).isNotDone();
    gate.release();
    assertThat(told.get(10, TimeUnit.SECONDS)).isEqualTo(2);
  }

  @Test
  void shouldNotCompleteWhileAnOutcomeListenerRuns() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    publish(
        pipeline,
        "a",
        (tag, outcome, errno) -> {
          entered.countDown();
          awaitUninterrupted(released);
        },
        0);
    entered.await();

    CompletableFuture<Void> flush = pipeline.flush();

    assertThat(flush).isNotDone();
    released.countDown();
    flush.get(10, TimeUnit.SECONDS);
  }

  @Test
  void shouldCompleteWhileLaterRecordsAreStillWaiting() throws Exception {
    ScriptedTracepoint.Gate first = tracepoint.block();
    ScriptedTracepoint.Gate second = tracepoint.block();
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(4)
                .setGatherRecords(false));
    publish(pipeline, "a");
    first.awaitEntered();
    CompletableFuture<Void> flush = pipeline.flush();
    publish(pipeline, "b", outcomes, 2);
    first.release();
    second.awaitEntered();

    flush.get(10, TimeUnit.SECONDS);

    assertThat(outcomes.told()).isEmpty();
  }

  @Test
  void shouldCompleteAllOfSeveral() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a");
    gate.awaitEntered();
    CompletableFuture<Void> one = pipeline.flush();
    publish(pipeline, "b");
    CompletableFuture<Void> two = pipeline.flush();
    CompletableFuture<Void> three = pipeline.flush();

    gate.release();

    CompletableFuture.allOf(one, two, three).get(10, TimeUnit.SECONDS);
  }

  @Test
  void shouldBeCompleteAtOnceWhenClosed() {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a");
    assertThat(pipeline.close(Duration.ofSeconds(10))).isTrue();

    assertThat(pipeline.flush()).isCompleted();
  }

  @Test
  void shouldCompleteWhenThePipelineIsClosedMeanwhile() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a");
    gate.awaitEntered();
    publish(pipeline, "b", outcomes, 1);
    CompletableFuture<Integer> told = pipeline.flush().thenApply(done -> outcomes.told().size());

    CompletableFuture<Void> closed = pipeline.closeAsync();
    gate.release();
    closed.get(10, TimeUnit.SECONDS);

    assertThat(told.get(10, TimeUnit.SECONDS)).isEqualTo(1);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
