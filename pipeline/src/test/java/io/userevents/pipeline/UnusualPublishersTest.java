// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.affinity.CpuSet;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Publishers, listeners and policies that do what they should not, or at an unusual time. */
@Timeout(300)
class UnusualPublishersTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();

  @Test
  void shouldVoidAForgottenClaimAlsoIfItsThreadPublishesAfterClosing() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    assertThat(pipeline.tryClaim(4).isOpen()).isTrue();
    CompletableFuture<Boolean> closed =
        CompletableFuture.supplyAsync(() -> pipeline.close(Duration.ofSeconds(60)));
    while (pipeline.isAttached()) {
      Thread.onSpinWait();
    }

    publish(pipeline, "late");

    assertThat(closed.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(pipeline.statistics().count(Outcome.DROPPED_ABORTED))
        .as("not given up by the end, which would count it as closed")
        .isEqualTo(1);
    assertThat(pipeline.statistics().count(Outcome.DROPPED_CLOSED)).as("the late one").isEqualTo(1);
  }

  @Test
  void shouldVoidAClaimThatAnOutcomeListenerLeavesOpen() throws Exception {
    RecordPipeline pipeline = pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint));
    publish(
        pipeline,
        "first",
        (tag, outcome, errno) -> {
          assertThat(pipeline.tryClaim(4).isOpen()).isTrue();
          throw new IllegalStateException("before commit");
        },
        0);
    Thread.sleep(200);
    publish(pipeline, "behind");
    try {
      pipeline.flush().get(60, TimeUnit.SECONDS);
    } finally {
      pipeline.close(Duration.ofSeconds(60));
    }
  }

  @Test
  void shouldFailToBuildOnAnInterruptedThreadWhenTheRequiredCpuIsNotAllowed() throws Exception {
    RecordPipelineBuilder builder =
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setThreadFactory(
                runnable ->
                    new Thread(
                        () -> {
                          try {
                            Thread.sleep(100);
                          } catch (InterruptedException e) {
                            throw new AssertionError(e);
                          }
                          runnable.run();
                        }))
            .setConsumerCpu(CpuSet.MAX_CPU)
            .setConsumerCpuRequired(true);
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void shouldSeeThatASmallRingWasFull() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(64));
    publish(pipeline, "a");
    gate.awaitEntered();
    while (publish(pipeline, "b")) {}
    gate.release();
    pipeline.flush().get(60, TimeUnit.SECONDS);
    pipeline.close();
    // One slot is in the batch that hung.
    assertThat(pipeline.statistics().highWaterMark()).isGreaterThanOrEqualTo(63);
  }

  @Test
  void shouldDropWhenReservedSlotsThrowsWhateverThePolicyAnswers() throws Exception {
    RecordPipeline pipeline =
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setBackPressurePolicy(
                new BackPressurePolicy() {
                  @Override
                  public Decision onBackPressure(BackPressure pressure) {
                    return Decision.RETRY;
                  }

                  @Override
                  public int reservedSlots(int priority, int ringSlots) {
                    throw new IllegalStateException("broken");
                  }
                })
            .build();
    CompletableFuture<Boolean> published = new CompletableFuture<>();
    Thread thread = new Thread(() -> published.complete(publish(pipeline, "x")));
    thread.start();
    try {
      // The ring is empty.
      assertThat(published.get(60, TimeUnit.SECONDS)).isFalse();
    } finally {
      pipeline.close();
    }
    assertThat(pipeline.statistics().policyFailures()).isEqualTo(1);
  }

  @Test
  void shouldForgetThreadsThatPublishToAClosedPipeline() throws Exception {
    RecordPipeline pipeline = pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint));
    pipeline.close();
    for (int i = 0; i < 2000; i++) {
      Thread thread = new Thread(() -> publish(pipeline, "late"));
      thread.start();
      thread.join();
    }
    assertThat(pipeline.publishers().size()).isLessThan(100);
  }

  @Test
  void shouldNotKeepAThreadThatOnlyCloses() throws Exception {
    RecordPipeline pipeline = pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint));
    publish(pipeline, "x");
    pipeline.wakeUp();
    int size = pipeline.publishers().size();
    for (int i = 0; i < 3; i++) {
      Thread thread =
          new Thread(
              () -> {
                pipeline.wakeUp();
                pipeline.close();
                assertThat(pipeline.closeAsync()).isDone();
                pipeline.wakeUp();
              });
      thread.start();
      thread.join();
      assertThat(pipeline.publishers().size()).isEqualTo(size);
    }
  }

  /** On JDK 25 the common pool clears thread-locals after each task. */
  @Test
  void shouldKeepOnePublisherForEachThreadOfTheCommonPool() throws Exception {
    RecordPipeline pipeline = pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint));
    publish(pipeline, "x");
    for (int i = 0; i < 2000; i++) {
      CompletableFuture.runAsync(() -> publish(pipeline, "x")).get(60, TimeUnit.SECONDS);
    }
    // Forgets threads that have ended.
    pipeline.statistics();
    int size = pipeline.publishers().size();
    pipeline.close();
    assertThat(size).isLessThan(100);
  }

  @Test
  void shouldLimitTheLogOfAListenerThatAlwaysFails() throws Exception {
    RecordPipeline pipeline = pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint));
    for (int i = 0; i < 500; i++) {
      publish(
          pipeline,
          "x",
          (tag, outcome, errno) -> {
            throw new IllegalStateException("always");
          },
          i);
    }
    pipeline.close();
    assertThat(pipelines.log().warnings()).hasSizeLessThan(10);
  }

  @Test
  void shouldGatherShortRecordsAlsoWhenSlotsAreShort() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setMaxRecordLength(256));
    publish(pipeline, "a");
    gate.awaitEntered();
    for (int i = 0; i < 200; i++) {
      publish(pipeline, "x".repeat(200));
    }
    gate.release();
    pipeline.close();
    // 20 such records fit into an event of 4,048 bytes.
    assertThat(tracepoint.writes.get()).isLessThan(50);
  }

  @Test
  void shouldTellTheOutcomeOfARecordWhosePublisherStallsAtTheEnd() throws Exception {
    RecordPipeline pipeline = pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint));
    Outcomes outcomes = new Outcomes();
    CountDownLatch copying = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    UnsafeBuffer slow =
        new UnsafeBuffer(new byte[4]) {
          @Override
          public byte[] byteArray() {
            copying.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return super.byteArray();
          }
        };
    CompletableFuture<Boolean> taken =
        CompletableFuture.supplyAsync(() -> pipeline.publish(slow, 0, 4, outcomes, 1).isAccepted());
    copying.await();
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
    goOn.countDown();
    assertThat(taken.get(60, TimeUnit.SECONDS)).as("in the ring").isTrue();
    assertThat(outcomes.told()).hasSize(1);
  }
}
