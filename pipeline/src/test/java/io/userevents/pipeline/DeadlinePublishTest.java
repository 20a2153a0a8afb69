// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static io.userevents.pipeline.Pipelines.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.pipeline.BackPressurePolicy.Decision;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class DeadlinePublishTest {

  private static final int SLOTS = 4;
  private static final long FAR_NS = TimeUnit.HOURS.toNanos(1);

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final ScriptedTracepoint.Gate gate = tracepoint.block();
  private final Outcomes outcomes = new Outcomes();
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void shouldWaitForASlotWithoutAskingThePolicy() throws Exception {
    RecordPipeline pipeline = startFull();
    Waiter waiter = new Waiter(pipeline, FAR_NS);
    waiter.awaitParked();

    gate.release();

    assertThat(waiter.taken()).isTrue();
    flush(pipeline);
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
    assertThat(asked).hasValue(0);
    assertThat(pipeline.statistics().offered()).isEqualTo(SLOTS + 1);
  }

  @Test
  void shouldAskThePolicyOnceTheDeadlineHasPassedAndNotBefore() throws Exception {
    RecordPipeline pipeline = startFull();
    long startNs = System.nanoTime();
    long deadlineNs = startNs + TimeUnit.MILLISECONDS.toNanos(30);

    boolean taken = pipeline.publish(record("w"), 0, 1, 0, outcomes, 1, deadlineNs).isAccepted();

    assertThat(taken).isFalse();
    assertThat(System.nanoTime() - deadlineNs).isNotNegative();
    assertThat(asked).hasValue(1);
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_FULL);
    assertThat(pipeline.statistics().count(Outcome.DROPPED_FULL)).isEqualTo(1);
  }

  @Test
  void shouldAskThePolicyAtOnceWhenTheDeadlineIsInThePast() throws Exception {
    RecordPipeline pipeline = startFull();

    assertThat(
            pipeline.publish(record("w"), 0, 1, 0, outcomes, 1, System.nanoTime() - 1).isAccepted())
        .isFalse();

    assertThat(asked).hasValue(1);
  }

  @Test
  void shouldLetThePolicyGoOnWaitingAfterTheDeadline() throws Exception {
    RecordPipeline pipeline =
        startFull(
            pressure -> {
              asked.incrementAndGet();
              assertThat(pressure.attempts()).isEqualTo(asked.get());
              gate.release();
              return Decision.RETRY;
            });

    assertThat(pipeline.publish(record("w"), 0, 1, 0, outcomes, 1, System.nanoTime()).isAccepted())
        .isTrue();
    flush(pipeline);

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
    assertThat(asked.get()).isPositive();
  }

  @Test
  void shouldTakeARecordAtOnceWhileThereIsRoom() throws Exception {
    gate.release();
    RecordPipeline pipeline = start(BackPressurePolicies.drop());

    assertThat(
            pipeline
                .publish(record("w"), 0, 1, 0, outcomes, 1, System.nanoTime() - FAR_NS)
                .isAccepted())
        .isTrue();
    flush(pipeline);

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
  }

  @Test
  void shouldStopWaitingWhenThePipelineIsClosed() throws Exception {
    RecordPipeline pipeline = startFull();
    Waiter waiter = new Waiter(pipeline, FAR_NS);
    waiter.awaitParked();

    CompletableFuture<Void> closed = pipeline.closeAsync();

    assertThat(waiter.taken()).isFalse();
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_CLOSED);
    assertThat(asked).hasValue(0);
    gate.release();
    closed.get(60, TimeUnit.SECONDS);
  }

  @Test
  void shouldStopWaitingWhenTheListenerDetaches() throws Exception {
    RecordPipeline pipeline = startFull();
    Waiter waiter = new Waiter(pipeline, FAR_NS);
    waiter.awaitParked();

    tracepoint.enabled = false;

    assertThat(waiter.taken()).isFalse();
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_DETACHED);
    assertThat(asked).hasValue(0);
  }

  @Test
  void shouldStopWaitingWhenInterruptedAndStayInterrupted() throws Exception {
    RecordPipeline pipeline = startFull();
    Waiter waiter = new Waiter(pipeline, FAR_NS);
    waiter.awaitParked();

    waiter.thread.interrupt();

    assertThat(waiter.taken()).isFalse();
    assertThat(waiter.interrupted).isTrue();
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_FULL);
    assertThat(asked).as("as after the deadline").hasValue(1);
  }

  @Test
  void shouldNotWaitOnTheConsumersOwnThread() throws Exception {
    gate.release();
    RecordPipeline pipeline = start(BackPressurePolicies.drop());
    CompletableFuture<Boolean> nested = new CompletableFuture<>();
    OutcomeListener publishing =
        (tag, outcome, errno) -> {
          boolean taken = true;
          while (taken) {
            taken =
                pipeline
                    .publish(record("n"), 0, 1, 0, null, 0, System.nanoTime() + FAR_NS)
                    .isAccepted();
          }
          nested.complete(taken);
        };

    publish(pipeline, "a", publishing, 0);

    assertThat(nested.get(60, TimeUnit.SECONDS)).isFalse();
    assertThat(pipeline.statistics().count(Outcome.DROPPED_FULL)).isEqualTo(1);
  }

  @Test
  void shouldWakeASleepingConsumerWhenItStartsToWait() throws Exception {
    gate.release();
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(SLOTS)
                .setWaitStrategy(ConsumerWaitStrategy.SLEEPING));

    for (int i = 0; i < 100 * SLOTS; i++) {
      assertThat(
              pipeline
                  .publish(record("w"), 0, 1, 0, outcomes, i, System.nanoTime() + FAR_NS)
                  .isAccepted())
          .isTrue();
    }
    flush(pipeline);

    assertThat(outcomes.outcomes()).hasSize(100 * SLOTS).containsOnly(Outcome.WRITTEN);
  }

  @Test
  void shouldRefuseAndCountATooLongRecordWithoutWaiting() throws Exception {
    RecordPipeline pipeline = startFull();
    long deadlineNs = System.nanoTime() + FAR_NS;

    assertThat(
            pipeline
                .publish(record("x".repeat(5000)), 0, 5000, 0, outcomes, 1, deadlineNs)
                .isAccepted())
        .isFalse();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_TOO_LARGE);
    assertThatThrownBy(() -> pipeline.publish(record("x"), 0, 0, 0, null, 0, deadlineNs))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private RecordPipeline start(BackPressurePolicy policy) {
    return pipelines.start(
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setRingSlots(SLOTS)
            .setBackPressurePolicy(policy));
  }

  private RecordPipeline startFull() throws InterruptedException {
    return startFull(
        pressure -> {
          asked.incrementAndGet();
          return Decision.DROP;
        });
  }

  /** The consumer is in a write until the gate is released, and all slots are in use. */
  private RecordPipeline startFull(BackPressurePolicy policy) throws InterruptedException {
    RecordPipeline pipeline = start(policy);
    publish(pipeline, "f");
    gate.awaitEntered();
    for (int i = 1; i < SLOTS; i++) {
      assertThat(publish(pipeline, "f")).isTrue();
    }
    return pipeline;
  }

  /** A thread that publishes one record with a deadline. */
  private final class Waiter {
    private final CompletableFuture<Boolean> published = new CompletableFuture<>();
    private final Thread thread;
    private volatile boolean interrupted;

    Waiter(RecordPipeline pipeline, long waitNs) {
      thread =
          new Thread(
              () -> {
                boolean taken =
                    pipeline
                        .publish(record("w"), 0, 1, 0, outcomes, 1, System.nanoTime() + waitNs)
                        .isAccepted();
                interrupted = Thread.currentThread().isInterrupted();
                published.complete(taken);
              });
      thread.start();
    }

    void awaitParked() {
      while (LockSupport.getBlocker(thread) != SlotWait.class) {
        Thread.onSpinWait();
      }
    }

    boolean taken() throws Exception {
      return published.get(60, TimeUnit.SECONDS);
    }
  }
}
