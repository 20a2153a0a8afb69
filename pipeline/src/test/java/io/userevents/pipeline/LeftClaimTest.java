// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.pipeline.Outcomes.Told;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slots that were claimed and that nobody will publish hold up nobody for long. */
@Timeout(300)
class LeftClaimTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  /** Its thread lives on between the calls, and publishes nothing. */
  private final ExecutorService other = Executors.newSingleThreadExecutor();

  @AfterEach
  void endThread() {
    other.shutdown();
  }

  @Test
  void shouldWriteTheRecordsBehindASlotThatAnErrorHasLeft() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    inOther(
        () ->
            assertThatThrownBy(() -> pipeline.publish(broken(8, 0), 0, 8, outcomes, 1))
                .hasMessage("gone"));
    assertThat(publish(pipeline, "next", outcomes, 2)).isTrue();
    flush(pipeline);

    assertThat(outcomes.told())
        .containsExactly(new Told(1, Outcome.DROPPED_ABORTED, 0), new Told(2, Outcome.WRITTEN, 0));
    Pipelines.assertBalanced(pipeline);
  }

  @Test
  void shouldWriteTheFirstRecordsOfABatchThatAnErrorHasLeft() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    int[] offsets = {0, 2, 4, 6};
    int[] lengths = {2, 2, 2, 2};

    inOther(
        () ->
            assertThatThrownBy(
                    () -> pipeline.publish(broken(8, 2), offsets, lengths, 4, 0, outcomes, 1))
                .hasMessage("gone"));
    assertThat(publish(pipeline, "next")).isTrue();
    flush(pipeline);

    assertThat(String.join("", tracepoint.texts())).isEqualTo("abcdnext");
    assertThat(pipeline.statistics().count(Outcome.DROPPED_ABORTED)).isEqualTo(2);
    assertThat(outcomes.outcomes()).hasSize(3).contains(Outcome.DROPPED_ABORTED);
    Pipelines.assertBalanced(pipeline);
  }

  @Test
  void shouldLetTheOwnerPublishAtOnceAgain() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    for (int i = 0; i < 100; i++) {
      int tag = i;
      assertThatThrownBy(() -> pipeline.publish(broken(8, 0), 0, 8, outcomes, tag))
          .hasMessage("gone");
      assertThat(publish(pipeline, "next")).isTrue();
    }
    flush(pipeline);

    assertThat(outcomes.outcomes()).hasSize(100).containsOnly(Outcome.DROPPED_ABORTED);
    assertThat(String.join("", tracepoint.texts())).isEqualTo("next".repeat(100));
  }

  @Test
  void shouldEndWhenASlotIsLeftWhileClosing() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    ScriptedTracepoint.Gate gate = tracepoint.block();
    publish(pipeline, "first");
    gate.awaitEntered();
    inOther(
        () ->
            assertThatThrownBy(() -> pipeline.publish(broken(8, 0), 0, 8, outcomes, 1))
                .hasMessage("gone"));

    var ended = pipeline.closeAsync();
    gate.release();
    ended.get(60, TimeUnit.SECONDS);

    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.DROPPED_ABORTED, 0));
    assertThat(pipelines.log().warnings()).noneMatch(line -> line.contains("memory is kept"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldGiveUpAClaimThatAPolicyLeaves(boolean throwing) throws Exception {
    AtomicReference<@Nullable RecordPipeline> target = new AtomicReference<>();
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setBackPressurePolicy(new ClaimingPolicy(target, throwing)));
    target.set(pipeline);

    inOther(() -> assertThat(publish(pipeline, "record", outcomes, 1)).isEqualTo(!throwing));
    target.set(null);
    assertThat(publish(pipeline, "next", outcomes, 2)).isTrue();
    flush(pipeline);

    assertThat(outcomes.told())
        .containsExactlyInAnyOrder(
            new Told(ClaimingPolicy.TAG, Outcome.DROPPED_ABORTED, 0),
            new Told(1, throwing ? Outcome.DROPPED_FULL : Outcome.WRITTEN, 0),
            new Told(2, Outcome.WRITTEN, 0));
    assertThat(pipeline.statistics().policyFailures()).isEqualTo(throwing ? 1 : 0);
    Pipelines.assertBalanced(pipeline);
  }

  /** Claims a slot of the pipeline that asks it, and forgets it. */
  private final class ClaimingPolicy implements BackPressurePolicy {

    static final long TAG = 77;

    private final AtomicReference<@Nullable RecordPipeline> target;
    private final boolean throwing;

    private ClaimingPolicy(AtomicReference<@Nullable RecordPipeline> target, boolean throwing) {
      this.target = target;
      this.throwing = throwing;
    }

    @Override
    public int reservedSlots(int priority, int ringSlots) {
      RecordPipeline pipeline = target.getAndSet(null);
      if (pipeline != null) {
        assertThat(pipeline.tryClaim(8, 0, outcomes, TAG).isOpen()).isTrue();
        if (throwing) {
          throw new StackOverflowError();
        }
      }
      return 0;
    }

    @Override
    public Decision onBackPressure(BackPressure pressure) {
      return Decision.DROP;
    }
  }

  /** Can be asked for its bytes so often, and then fails. */
  private static DirectBuffer broken(int length, int reads) {
    byte[] bytes =
        "abcdefgh".substring(0, length).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return new UnsafeBuffer(bytes) {
      private int left = reads;

      @Override
      public byte[] byteArray() {
        if (left-- <= 0) {
          throw new IllegalStateException("gone");
        }
        return super.byteArray();
      }
    };
  }

  private void inOther(Runnable task) throws Exception {
    other.submit(task).get(60, TimeUnit.SECONDS);
  }
}
