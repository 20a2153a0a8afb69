// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class FlushTest {

  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofSeconds(60);

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
    assertThat(told.get(60, TimeUnit.SECONDS)).isEqualTo(2);
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
    flush.get(60, TimeUnit.SECONDS);
  }

  @Test
  void shouldCompleteWhileLaterRecordsAreStillWaiting() throws Exception {
    ScriptedTracepoint.Gate first = tracepoint.block();
    ScriptedTracepoint.Gate second = tracepoint.block();
    RecordPipeline pipeline = startUngathered(4);
    publish(pipeline, "a");
    first.awaitEntered();
    CompletableFuture<Void> flush = pipeline.flush();
    publish(pipeline, "b", outcomes, 2);
    first.release();
    second.awaitEntered();

    flush.get(60, TimeUnit.SECONDS);

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

    CompletableFuture.allOf(one, two, three).get(60, TimeUnit.SECONDS);
  }

  @Test
  void shouldBeCompleteAtOnceWhenClosed() {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a");
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();

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
    closed.get(60, TimeUnit.SECONDS);

    assertThat(told.get(60, TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void shouldFailInTimeAndNameTheThreadWhoseClaimHoldsItUp() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    try (Holder holder = new Holder(pipeline)) {
      publish(pipeline, "behind", outcomes, 1);
      long startNs = System.nanoTime();

      CompletableFuture<Void> flush = pipeline.flush(SHORT);

      assertThat(flush)
          .failsWithin(LONG)
          .withThrowableOfType(ExecutionException.class)
          .withCauseExactlyInstanceOf(TimeoutException.class)
          .withMessageContaining(
              "timeout=PT0.05S waitingSlots=2: a claim holds them up: sequence=0 thread="
                  + holder.name())
          .withMessageContaining("commit or abort it");
      assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(SHORT.toNanos());
      assertThat(outcomes.told()).isEmpty();
    }
    flush(pipeline);
    assertThat(outcomes.outcomes()).as("the time-out drops nothing").hasSize(1);
    assertThat(String.join("", tracepoint.texts())).isEqualTo("heldbehind");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT5M", "PT2562047788015215H30M7S"})
  void shouldNotFailBeforeItsTime(Duration timeout) throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    CompletableFuture<Void> patient;
    try (Holder holder = new Holder(pipeline)) {
      patient = pipeline.flush(timeout);

      assertThat(pipeline.flush(SHORT)).as(holder.name()).failsWithin(LONG);

      assertThat(patient).isNotDone();
    }
    patient.get(60, TimeUnit.SECONDS);
  }

  @Test
  void shouldFailWhenTheRecordsBeforeItAreWrittenTooSlowly() throws Exception {
    ScriptedTracepoint.Gate first = tracepoint.block();
    ScriptedTracepoint.Gate second = tracepoint.block();
    RecordPipeline pipeline = startUngathered(4);
    publish(pipeline, "a");
    first.awaitEntered();
    publish(pipeline, "b");
    CompletableFuture<Void> flush = pipeline.flush(Duration.ofNanos(1));
    // The consumer's next look at the time, which is after that write.
    Thread.sleep(TimeUnit.NANOSECONDS.toMillis(Flushes.LOOK_NS) + 1);
    assertThat(flush).as("while the consumer is in a system call").isNotDone();

    first.release();
    second.awaitEntered();

    assertThat(flush)
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining(
            "waitingSlots=1: the kernel, pacing, or an outcome listener takes long");
  }

  @Test
  void shouldFailBetweenTwoBatchesWhileThePipelineIsClosing() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = startUngathered(1024);
    publish(pipeline, "a");
    gate.awaitEntered();
    for (int i = 0; i < 600; i++) {
      publish(pipeline, "b");
    }
    CompletableFuture<Void> flush = pipeline.flush(Duration.ofNanos(1));
    CompletableFuture<Void> closed = pipeline.closeAsync();

    gate.release();

    assertThatThrownBy(() -> flush.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TimeoutException.class);
    closed.get(60, TimeUnit.SECONDS);
    assertThat(tracepoint.writes).as("all the same").hasValue(601);
  }

  @Test
  void shouldFailInTimeAlsoWhileThePipelineIsClosing() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    CompletableFuture<Void> closed;
    try (Holder holder = new Holder(pipeline)) {
      CompletableFuture<Void> flush = pipeline.flush(SHORT);
      closed = pipeline.closeAsync();

      assertThat(flush)
          .failsWithin(LONG)
          .withThrowableOfType(ExecutionException.class)
          .withMessageContaining("sequence=0 thread=" + holder.name());

      assertThat(closed).isNotDone();
    }
    closed.get(60, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "-PT0.000000001S"})
  void shouldRefuseATimeoutThatIsNotPositive(Duration timeout) {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> pipeline.flush(timeout))
        .withMessage("timeout must be more than 0: timeout=" + timeout);
  }

  /** Each record is a separate event, and so a separate write. */
  private RecordPipeline startUngathered(int ringSlots) {
    return pipelines.start(
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setRingSlots(ringSlots)
            .setGatherRecords(false));
  }

  /** A thread that has claimed a slot, and commits it when this is closed. */
  private static final class Holder implements AutoCloseable {

    private final CountDownLatch claimed = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final Thread thread;

    Holder(RecordPipeline pipeline) {
      thread = new Thread(() -> hold(pipeline), "holder");
      thread.start();
      awaitUninterrupted(claimed);
    }

    String name() {
      return thread.getName();
    }

    @Override
    public void close() {
      released.countDown();
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private void hold(RecordPipeline pipeline) {
      try (RecordClaim claim = pipeline.tryClaim(4)) {
        claimed.countDown();
        awaitUninterrupted(released);
        if (claim.isOpen()) {
          claim.buffer().putBytes(0, "held".getBytes(US_ASCII));
          claim.commit();
        }
      }
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
