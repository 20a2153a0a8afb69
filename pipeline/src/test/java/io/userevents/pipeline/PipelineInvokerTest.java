// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.assertBalanced;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pipeline in the duty cycle of the test's thread: nothing happens but what the test invokes. */
@Timeout(300)
class PipelineInvokerTest {

  private static final int RING_SLOTS = 8;
  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();
  private final List<PipelineInvoker> invokers = new ArrayList<>();

  @AfterEach
  void closeAll() {
    tracepoint.whenAsked = () -> {};
    for (PipelineInvoker invoker : invokers) {
      invoker.close();
      assertThat(invoker.pipeline().state()).isEqualTo(TracepointState.CLOSED);
      assertBalanced(invoker.pipeline());
    }
  }

  @Test
  void shouldRegisterNothingBeforeItIsStarted() {
    PipelineInvoker invoker = invoker(builder());
    RecordPipeline pipeline = invoker.pipeline();

    assertThat(tracepoint.registrations).hasValue(0);
    assertThat(pipeline.state()).isEqualTo(TracepointState.UNAVAILABLE);
    assertThat(pipeline.publish(Pipelines.record("a"), 0, 1)).isEqualTo(PublishResult.DETACHED);
    assertThat(pipeline.flush()).as("there is nothing in the ring").isCompleted();
  }

  @Test
  void shouldRegisterOnTheThreadThatStartsIt() {
    PipelineInvoker invoker = started(builder());

    assertThat(tracepoint.registrations).hasValue(1);
    assertThat(invoker.pipeline().state()).isEqualTo(TracepointState.ATTACHED);
    assertThat(invoker.pipeline().isAttached()).isTrue();
  }

  @Test
  void shouldWriteOnlyWhenItIsInvoked() throws Exception {
    PipelineInvoker invoker = started(builder());
    publish(invoker.pipeline(), "a", outcomes, 1);
    publish(invoker.pipeline(), "b", outcomes, 2);
    Thread.sleep(30);
    assertThat(outcomes.told()).isEmpty();

    assertThat(invoker.invoke()).isEqualTo(2);

    assertThat(tracepoint.texts()).as("records that wait share an event").containsExactly("ab");
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN, Outcome.WRITTEN);
    assertThat(outcomes.threads()).containsOnly(Thread.currentThread());
    assertThat(invoker.invoke()).isZero();
  }

  @Test
  void shouldTakeAQuarterOfTheRingAtMostInOneCycle() {
    PipelineInvoker invoker = started(builder());
    for (int i = 0; i < RING_SLOTS; i++) {
      publish(invoker.pipeline(), "r");
    }

    assertThat(IntStream.range(0, 5).map(i -> invoker.invoke())).containsExactly(2, 2, 2, 2, 0);
  }

  @Test
  void shouldTake256SlotsAtMostInOneCycle() {
    PipelineInvoker invoker = started(builder().setRingSlots(4096).setMaxRecordLength(8));
    for (int i = 0; i < 600; i++) {
      publish(invoker.pipeline(), "r");
    }

    assertThat(IntStream.range(0, 4).map(i -> invoker.invoke())).containsExactly(256, 256, 88, 0);
  }

  @Test
  void shouldNotGoOnForAListenerThatPublishesAgainAndAgain() {
    PipelineInvoker invoker = started(builder());
    RecordPipeline pipeline = invoker.pipeline();
    OutcomeListener again =
        new OutcomeListener() {
          @Override
          public void onOutcome(long tag, Outcome outcome, int errno) {
            if (outcome == Outcome.WRITTEN) {
              publish(pipeline, "r", this, tag + 1);
            }
          }
        };
    publish(pipeline, "r", again, 0);

    assertThat(invoker.invoke()).isBetween(1, 2);
    assertThat(invoker.invoke()).isBetween(1, 2);
  }

  @Test
  void shouldRefuseToBeInvokedByAnotherThread() {
    PipelineInvoker invoker = started(builder());
    publish(invoker.pipeline(), "a");

    CompletableFuture<Integer> elsewhere = CompletableFuture.supplyAsync(invoker::invoke);

    assertThatThrownBy(elsewhere::join)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("agent=user-events-scripted")
        .hasMessageContaining("startedBy=" + Thread.currentThread().getName());
    assertThat(tracepoint.writes).hasValue(0);
  }

  @Test
  void shouldRefuseToBeInvokedBeforeItIsStarted() {
    PipelineInvoker invoker = invoker(builder());

    assertThatThrownBy(invoker::invoke)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("startedBy=none");
  }

  @Test
  void shouldRefuseToStartTwice() {
    PipelineInvoker invoker = started(builder());

    assertThatThrownBy(invoker::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("an agent is started once");
    assertThat(tracepoint.registrations).hasValue(1);
  }

  @Test
  void shouldRefuseToStartWhenItsPipelineIsClosed() {
    PipelineInvoker invoker = invoker(builder());
    invoker.pipeline().close();

    assertThatThrownBy(invoker::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed before its agent was started");
    assertThat(tracepoint.registrations).hasValue(0);
  }

  @Test
  void shouldCloseWithoutEverHavingBeenStarted() {
    PipelineInvoker invoker = invoker(builder());

    invoker.close();

    assertThat(invoker.pipeline().state()).isEqualTo(TracepointState.CLOSED);
    assertThat(invoker.pipeline().closeAsync()).isCompleted();
    assertThat(invoker.pipeline().publish(Pipelines.record("a"), 0, 1))
        .isEqualTo(PublishResult.CLOSED);
  }

  @Test
  void shouldWriteAllThatIsInTheRingWhenItIsClosed() {
    PipelineInvoker invoker = started(builder());
    for (int i = 0; i < RING_SLOTS; i++) {
      publish(invoker.pipeline(), "r", outcomes, i);
    }

    invoker.close();

    assertThat(outcomes.outcomes()).hasSize(RING_SLOTS).containsOnly(Outcome.WRITTEN);
    assertThat(tracepoint.closes).hasValue(1);
    assertThat(invoker.invoke()).as("nothing is left to do").isZero();
    invoker.close();
    assertThat(tracepoint.closes).hasValue(1);
  }

  @Test
  void shouldEndWhenAnotherThreadClosesThePipelineWhileItIsInvoked() throws Exception {
    PipelineInvoker invoker = started(builder());
    publish(invoker.pipeline(), "a", outcomes, 1);

    CompletableFuture<Boolean> closed =
        CompletableFuture.supplyAsync(() -> invoker.pipeline().close(Duration.ofSeconds(60)));
    while (!closed.isDone()) {
      invoker.invoke();
    }

    assertThat(closed.get()).isTrue();
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
    assertThat(tracepoint.closes).hasValue(1);
  }

  @Test
  void shouldNotWaitForItselfWhenItsOwnThreadClosesThePipeline() {
    PipelineInvoker invoker = started(builder());
    publish(invoker.pipeline(), "a", outcomes, 1);

    assertThat(invoker.pipeline().close(Duration.ofHours(1))).isFalse();
    while (!invoker.pipeline().closeAsync().isDone()) {
      invoker.invoke();
    }

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
  }

  @Test
  void shouldNotBlockForPacing() {
    // Room for one such event at once, and for another one every 4 s.
    PipelineInvoker invoker = started(builder().setGatherRecords(false).setPacing(1000, 4200));
    String record = "r".repeat(4000);
    for (int i = 0; i < 4; i++) {
      publish(invoker.pipeline(), record, outcomes, i);
    }

    for (int i = 0; i < 100; i++) {
      invoker.invoke();
    }

    PipelineStatistics statistics = invoker.pipeline().statistics();
    assertThat(statistics.written()).isBetween(1L, 3L);
    // The others are not held back any more when nobody wants them.
    tracepoint.enabled = false;
    while (outcomes.told().size() < 4) {
      invoker.invoke();
    }
    assertThat(invoker.pipeline().statistics().pacingPauses()).isPositive();
  }

  @Test
  void shouldNotWaitInAPublishOnItsOwnThread() {
    PipelineInvoker invoker =
        started(
            builder().setRingSlots(2).setBackPressurePolicy(BackPressurePolicies.waitUnbounded()));
    RecordPipeline pipeline = invoker.pipeline();

    assertThat(publish(pipeline, "a")).isTrue();
    assertThat(publish(pipeline, "b")).isTrue();
    assertThat(publish(pipeline, "c")).as("nobody else frees a slot").isFalse();
    long never = System.nanoTime() + TimeUnit.HOURS.toNanos(1);
    assertThat(pipeline.publish(Pipelines.record("d"), 0, 1, 0, null, 0, never))
        .isEqualTo(PublishResult.FULL);
  }

  @Test
  void shouldGoOnWhenItsThreadIsInterrupted() {
    PipelineInvoker invoker = started(builder());
    publish(invoker.pipeline(), "a", outcomes, 1);

    Thread.currentThread().interrupt();
    try {
      assertThat(invoker.invoke()).isEqualTo(1);
      publish(invoker.pipeline(), "b", outcomes, 2);
      invoker.close();
    } finally {
      assertThat(Thread.interrupted()).as("the interrupt is the application's").isTrue();
    }

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN, Outcome.WRITTEN);
    assertThat(invoker.pipeline().state()).isEqualTo(TracepointState.CLOSED);
  }

  @Test
  void shouldFailAFlushWhoseTimeIsUpWhenItIsInvoked() throws Exception {
    PipelineInvoker invoker = started(builder());
    CountDownLatch claimed = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    Thread claimant =
        new Thread(
            () -> {
              RecordClaim claim = invoker.pipeline().tryClaim(1, 0, outcomes, 1);
              claimed.countDown();
              await(released);
              claim.abort();
            },
            "claimant");
    claimant.start();
    await(claimed);
    CompletableFuture<Void> flush = invoker.pipeline().flush(Duration.ofMillis(1));

    while (!flush.isDone()) {
      invoker.invoke();
    }

    assertThatThrownBy(flush::join)
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("thread=claimant");
    released.countDown();
    claimant.join();
    invoker.invoke();
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_ABORTED);
  }

  @Test
  void shouldAbortAClaimThatItsOwnThreadHoldsUpTheRingWith() {
    PipelineInvoker invoker = started(builder());
    RecordClaim claim = invoker.pipeline().tryClaim(1, 0, outcomes, 1);
    CompletableFuture.runAsync(() -> publish(invoker.pipeline(), "a")).join();

    invoker.invoke();

    assertThat(claim.isOpen()).as("nobody else could end it").isFalse();
    invoker.invoke();
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_ABORTED);
    assertThat(tracepoint.texts()).containsExactly("a");
  }

  @Test
  void shouldBeClosableWhenTheTracepointThrowsAsItIsStarted() {
    PipelineInvoker invoker = invoker(builder());
    tracepoint.whenAsked =
        () -> {
          throw new IllegalStateException("broken");
        };

    invoker.start();
    invoker.invoke();
    invoker.close();

    assertThat(tracepoint.closes).as("what was registered is unregistered").hasValue(1);
    assertThat(invoker.pipeline().state()).isEqualTo(TracepointState.CLOSED);
  }

  @Test
  void shouldNotShowMoreSlotsInUseThanTheRingHas() {
    PipelineInvoker invoker = started(builder().setGatherRecords(false));
    RecordPipeline pipeline = invoker.pipeline();
    for (int i = 0; i < RING_SLOTS; i++) {
      publish(pipeline, "r");
    }
    // The second event of the cycle is written when the slot of the first one is free again.
    tracepoint.whenWritten = () -> publish(pipeline, "s");

    invoker.invoke();

    assertThat(pipeline.statistics().highWaterMark()).isEqualTo(RING_SLOTS);
  }

  @Test
  void shouldCountForHowLongItWasNotInvoked() throws Exception {
    PipelineInvoker invoker = started(builder());
    invoker.invoke();
    assertThat(invoker.invoke()).as("nothing to do").isZero();

    long startNs = System.nanoTime();
    while (System.nanoTime() - startNs < PAUSE_NS) {
      Thread.sleep(1);
    }
    publish(invoker.pipeline(), "r");
    invoker.invoke();

    assertThat(invoker.pipeline().statistics().longestDrainPauseNs())
        .isGreaterThanOrEqualTo(PAUSE_NS);
  }

  private RecordPipelineBuilder builder() {
    return RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(RING_SLOTS);
  }

  private PipelineInvoker invoker(RecordPipelineBuilder builder) {
    PipelineInvoker invoker = builder.buildInvoker();
    invokers.add(invoker);
    return invoker;
  }

  private PipelineInvoker started(RecordPipelineBuilder builder) {
    PipelineInvoker invoker = invoker(builder);
    invoker.start();
    return invoker;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
