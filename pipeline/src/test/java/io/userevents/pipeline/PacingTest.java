// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static io.userevents.pipeline.Pipelines.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.tracepoint.EventLayout;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Records of 4,000 bytes, of which a burst is one, each an event. */
@Timeout(300)
class PacingTest {

  private static final String LONG = "x".repeat(4000);
  private static final int COST = EventLayout.perfSampleLength(LONG.length());
  private static final int BURST = EventLayout.perfSampleLength(4048);

  /** At this rate a second event would wait for two seconds and more. */
  private static final int SLOW = 2000;

  private static final int FAST = 1_000_000;

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  @Test
  void shouldWriteNoFasterThanTheRateAfterABurst() throws Exception {
    RecordPipeline pipeline = start(FAST, 64);
    long startNs = System.nanoTime();

    for (int i = 0; i < 50; i++) {
      assertThat(publish(pipeline, LONG, outcomes, i)).isTrue();
    }
    flush(pipeline);

    assertThat(System.nanoTime() - startNs)
        .isGreaterThanOrEqualTo(TimeUnit.MICROSECONDS.toNanos(50L * COST - BURST));
    assertThat(outcomes.outcomes()).hasSize(50).containsOnly(Outcome.WRITTEN);
    PipelineStatistics statistics = pipeline.statistics();
    assertThat(statistics.pacingPauses()).isBetween(1L, 49L);
    assertThat(statistics.pacedNs()).isPositive();
    assertThat(statistics).asString().contains("pacingPauses=", "pacedNs=");
  }

  @Test
  void shouldNotHoldBackUnlessItIsSwitchedOn() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    for (int i = 0; i < 50; i++) {
      publish(pipeline, LONG);
    }
    flush(pipeline);

    assertThat(pipeline.statistics().pacingPauses()).isZero();
    assertThat(pipeline.statistics().pacedNs()).isZero();
  }

  @Test
  void shouldFreeTheSlotsOfEventsThatAreWrittenWhileTheNextOneWaits() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = start(SLOW, 64);
    publish(pipeline, LONG);
    gate.awaitEntered();
    // One batch of the next ones: the first of them goes soon, the second waits.
    for (int i = 0; i < 8; i++) {
      publish(pipeline, LONG);
    }
    int used = pipeline.usedSlots();
    gate.release();

    while (pipeline.usedSlots() > used - 2) {
      Thread.sleep(1);
    }

    assertThat(tracepoint.writes.get()).isBetween(2, 8);
    tracepoint.enabled = false;
    flush(pipeline);
  }

  @Test
  void shouldLookAfterTheTracepointAndStopWaitingWhenTheListenerHasDetached() throws Exception {
    RecordPipeline pipeline = start(1000, 64);
    for (int i = 0; i < 20; i++) {
      publish(pipeline, LONG, outcomes, i);
    }
    awaitWrites(1);

    // Eighty seconds of waiting are left.
    tracepoint.enabled = false;
    tracepoint.answer(-9);
    flush(pipeline);

    assertThat(outcomes.outcomes()).contains(Outcome.WRITTEN).contains(Outcome.DROPPED_DETACHED);
    assertThat(pipeline.state()).isEqualTo(TracepointState.REGISTERED);
  }

  @Test
  void shouldFailAFlushWithinItsOwnLimit() throws Exception {
    RecordPipeline pipeline = start(1000, 64);
    for (int i = 0; i < 20; i++) {
      publish(pipeline, LONG, outcomes, i);
    }

    CompletableFuture<Void> flushed = pipeline.flush(Duration.ofMillis(20));

    assertThatThrownBy(() -> flushed.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("pacing");
    tracepoint.enabled = false;
    flush(pipeline);
  }

  @Test
  void shouldGiveASlotToAPublisherThatWaitsForItsDeadline() throws Exception {
    RecordPipeline pipeline = start(FAST, 4);

    for (int i = 0; i < 40; i++) {
      assertThat(
              pipeline
                  .publish(
                      record(LONG),
                      0,
                      LONG.length(),
                      0,
                      outcomes,
                      i,
                      System.nanoTime() + TimeUnit.HOURS.toNanos(1))
                  .isAccepted())
          .isTrue();
    }
    flush(pipeline);

    assertThat(outcomes.outcomes()).hasSize(40).containsOnly(Outcome.WRITTEN);
  }

  @Test
  void shouldAskThePolicyWhenPacingOutlastsTheDeadline() throws Exception {
    RecordPipeline pipeline = start(1000, 4);
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);

    boolean taken = true;
    while (taken) {
      taken =
          pipeline.publish(record(LONG), 0, LONG.length(), 0, outcomes, 1, deadlineNs).isAccepted();
    }

    assertThat(System.nanoTime() - deadlineNs).isNotNegative();
    assertThat(outcomes.outcomes()).contains(Outcome.DROPPED_FULL);
    tracepoint.enabled = false;
    flush(pipeline);
  }

  @Test
  void shouldLoseNothingWhenItIsClosedWithMoreThanPacingLetsGo() throws Exception {
    RecordPipeline pipeline = start(1000, 64);
    for (int i = 0; i < 40; i++) {
      assertThat(publish(pipeline, LONG, outcomes, i)).isTrue();
    }
    awaitWrites(1);

    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();

    assertThat(outcomes.outcomes()).hasSize(40).containsOnly(Outcome.WRITTEN);
    assertThat(pipeline.statistics().pacedNs())
        .as("it was held back while it closed")
        // The time of closing begins before the consumer next holds an event back.
        .isGreaterThan(Pacer.MAX_CLOSING_NS / 2);
  }

  private void awaitWrites(int writes) throws InterruptedException {
    while (tracepoint.writes.get() < writes) {
      Thread.sleep(1);
    }
  }

  private RecordPipeline start(int bytesPerSecond, int ringSlots) {
    return pipelines.start(
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setRingSlots(ringSlots)
            .setPacing(bytesPerSecond, BURST));
  }
}
