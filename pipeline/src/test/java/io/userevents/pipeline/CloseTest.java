// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.assertBalanced;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class CloseTest {

  private static final Duration SHORT = Duration.ofMillis(30);
  private static final Duration LONG = Duration.ofSeconds(60);

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  @Test
  void shouldWriteWhatIsInTheRing() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(16));
    publish(pipeline, "a");
    gate.awaitEntered();
    for (String text : new String[] {"b", "c", "d", "e", "f", "g", "h"}) {
      publish(pipeline, text, outcomes, 0);
    }

    CompletableFuture<Void> closed = pipeline.closeAsync();
    gate.release();
    closed.get(60, TimeUnit.SECONDS);

    assertThat(String.join("", tracepoint.texts())).isEqualTo("abcdefgh");
    assertThat(outcomes.outcomes()).hasSize(7).containsOnly(Outcome.WRITTEN);
  }

  @Test
  void shouldTakeTimeoutsThatHaveNoNumberOfNanoseconds() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(16));
    publish(pipeline, "a");
    gate.awaitEntered();

    assertThat(pipeline.close(Duration.ofSeconds(Long.MIN_VALUE))).isFalse();

    gate.release();
    assertThat(pipeline.close(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
  }

  @Test
  void shouldWriteWhatIsInAFullRing() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(4));
    publish(pipeline, "a");
    gate.awaitEntered();
    while (publish(pipeline, "b")) {
      Thread.onSpinWait();
    }

    CompletableFuture<Void> closed = pipeline.closeAsync();
    gate.release();
    closed.get(60, TimeUnit.SECONDS);

    assertThat(String.join("", tracepoint.texts())).isEqualTo("abbb");
  }

  @Test
  void shouldCloseTheTracepointAfterTheLastWrite() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a");
    gate.awaitEntered();
    CompletableFuture<Void> closed = pipeline.closeAsync();

    assertThat(tracepoint.closes).hasValue(0);
    gate.release();
    closed.get(60, TimeUnit.SECONDS);

    assertThat(tracepoint.closes).hasValue(1);
  }

  @Test
  void shouldBeIdempotent() {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThat(pipeline.close(LONG)).isTrue();
    assertThat(pipeline.close(LONG)).isTrue();
    pipeline.close();
    assertThat(pipeline.closeAsync()).isCompleted();

    assertThat(tracepoint.closes).hasValue(1);
  }

  @Test
  void shouldReturnInTimeWhenTheWriteHangsAndFinishByItselfLater() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a", outcomes, 1);
    gate.awaitEntered();
    publish(pipeline, "b", outcomes, 2);
    long startNs = System.nanoTime();

    assertThat(pipeline.close(SHORT)).as("while the write hangs").isFalse();

    assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(SHORT.toNanos());
    assertThat(pipelines.log().warnings())
        .singleElement()
        .asString()
        .contains("scripted")
        .contains("not closed after 30 ms");
    assertThat(outcomes.told()).isEmpty();
    gate.release();
    pipeline.closeAsync().get(60, TimeUnit.SECONDS);
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN, Outcome.WRITTEN);
    assertThat(tracepoint.closes).hasValue(1);
    assertBalanced(pipeline);
  }

  @Test
  void shouldRefuseNewRecordsWhileItDrains() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a");
    gate.awaitEntered();
    CompletableFuture<Void> closed = pipeline.closeAsync();

    assertThat(publish(pipeline, "b", outcomes, 1)).isFalse();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_CLOSED);
    gate.release();
    closed.get(60, TimeUnit.SECONDS);
    assertThat(tracepoint.texts()).containsExactly("a");
  }

  @Test
  void shouldCountAsClosedARecordThatTheEndOvertakes() {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    Thread publisher = Thread.currentThread();
    // Asked after the check for a closed pipeline and before the claim.
    tracepoint.whenAsked =
        () -> {
          if (Thread.currentThread() == publisher) {
            pipeline.close();
          }
        };

    assertThat(publish(pipeline, "a", outcomes, 1)).isFalse();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_CLOSED);
    assertThat(tracepoint.texts()).isEmpty();
  }

  @Test
  void shouldWaitForARecordThatIsStillBeingCopied() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    CountDownLatch copying = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    UnsafeBuffer slow =
        new UnsafeBuffer(new byte[] {'s', 'l', 'o', 'w'}) {
          @Override
          public long addressOffset() {
            copying.countDown();
            try {
              released.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return super.addressOffset();
          }
        };
    CompletableFuture<Boolean> taken =
        CompletableFuture.supplyAsync(() -> pipeline.publish(slow, 0, 4, outcomes, 1).isAccepted());
    copying.await();

    assertThat(pipeline.close(SHORT)).isFalse();
    released.countDown();
    pipeline.closeAsync().get(60, TimeUnit.SECONDS);

    assertThat(taken.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(tracepoint.texts()).containsExactly("slow");
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
  }

  @Test
  void shouldReturnAndStayInterruptedWhenTheCallerIsInterrupted() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a");
    gate.awaitEntered();

    Thread.currentThread().interrupt();
    boolean done = pipeline.close(LONG);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(done).isFalse();
  }

  @Test
  void shouldEndInOrderWhenTheTracepointCannotBeClosed() {
    tracepoint.failClose(new IllegalStateException("broken close"));
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a");

    assertThat(pipeline.close(LONG)).isTrue();

    assertThat(tracepoint.texts()).containsExactly("a");
    assertThat(pipelines.log().warnings()).anyMatch(line -> line.contains("correct its close"));
  }

  @Test
  void shouldTakeTheLongestTimeout() {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThat(pipeline.close(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
  }

  @Test
  void shouldSayTheTimeoutWithoutGroupingItsDigits() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a");
    gate.awaitEntered();

    assertThat(pipeline.close(Duration.ofMillis(1001))).isFalse();

    assertThat(pipelines.log().warnings()).singleElement().asString().contains(" 1001 ms");
  }

  @Test
  void shouldRefuseNoTimeout() {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThatThrownBy(() -> pipeline.close(nothing()))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("timeout");
  }

  @SuppressWarnings("NullAway") // What a caller without a checker may do.
  private static Duration nothing() {
    return null;
  }
}
