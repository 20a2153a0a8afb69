// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each form of publishing says why it takes no record, and counts each record once. */
@Timeout(300)
class PublishResultTest {

  private static final int RING_SLOTS = 8;
  private static final int MAX_RECORD_LENGTH = 16;
  private static final DirectBuffer RECORDS = new UnsafeBuffer(new byte[64]);

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  /** One way to offer records. */
  private enum Form {
    PUBLISH(1) {
      @Override
      PublishResult offer(RecordPipeline pipeline, int longest, OutcomeListener listener) {
        return pipeline.publish(RECORDS, 0, longest, listener, 1);
      }
    },
    CLAIM(1) {
      @Override
      PublishResult offer(RecordPipeline pipeline, int longest, OutcomeListener listener) {
        try (RecordClaim claim = pipeline.tryClaim(longest, 0, listener, 1)) {
          assertThat(claim.isOpen()).isEqualTo(claim.result().isAccepted());
          if (claim.isOpen()) {
            claim.commit();
          }
          return claim.result();
        }
      }
    },
    BATCH(3) {
      @Override
      PublishResult offer(RecordPipeline pipeline, int longest, OutcomeListener listener) {
        // The longest is neither the first nor the last.
        int[] lengths = {4, longest, 5};
        return pipeline.publish(RECORDS, new int[] {0, 8, 40}, lengths, 3, 0, listener, 1);
      }
    };

    final int records;

    Form(int records) {
      this.records = records;
    }

    abstract PublishResult offer(RecordPipeline pipeline, int longest, OutcomeListener listener);
  }

  @ParameterizedTest
  @EnumSource
  void shouldAccept(Form form) throws Exception {
    RecordPipeline pipeline = start();

    assertThat(form.offer(pipeline, MAX_RECORD_LENGTH, outcomes)).isEqualTo(PublishResult.ACCEPTED);
    flush(pipeline);

    assertEach(pipeline, form.records, Outcome.WRITTEN);
  }

  @ParameterizedTest
  @EnumSource
  void shouldSayThatNobodyListens(Form form) {
    tracepoint.enabled = false;
    RecordPipeline pipeline = start();

    assertThat(form.offer(pipeline, MAX_RECORD_LENGTH, outcomes)).isEqualTo(PublishResult.DETACHED);

    assertEach(pipeline, form.records, Outcome.DROPPED_DETACHED);
  }

  @ParameterizedTest
  @EnumSource
  void shouldSayThatNobodyListensBeforeItIsRegistered(Form form) {
    PipelineInvoker invoker = builder().buildInvoker();

    assertThat(form.offer(invoker.pipeline(), MAX_RECORD_LENGTH, outcomes))
        .isEqualTo(PublishResult.DETACHED);

    assertEach(invoker.pipeline(), form.records, Outcome.DROPPED_DETACHED);
    invoker.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldSayThatOneIsTooLargeAndTakeNone(Form form) {
    RecordPipeline pipeline = start();

    assertThat(form.offer(pipeline, MAX_RECORD_LENGTH + 1, outcomes))
        .isEqualTo(PublishResult.TOO_LARGE);

    assertEach(pipeline, form.records, Outcome.DROPPED_TOO_LARGE);
  }

  @ParameterizedTest
  @EnumSource
  void shouldSayThatOneIsTooLargeBeforeItIsRegistered(Form form) {
    PipelineInvoker invoker = builder().buildInvoker();

    assertThat(form.offer(invoker.pipeline(), MAX_RECORD_LENGTH + 1, outcomes))
        .isEqualTo(PublishResult.TOO_LARGE);

    assertEach(invoker.pipeline(), form.records, Outcome.DROPPED_TOO_LARGE);
    invoker.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldSayThatItIsClosed(Form form) {
    RecordPipeline pipeline = start();
    pipeline.close();

    assertThat(form.offer(pipeline, MAX_RECORD_LENGTH + 1, outcomes))
        .isEqualTo(PublishResult.CLOSED);

    assertEach(pipeline, form.records, Outcome.DROPPED_CLOSED);
  }

  @ParameterizedTest
  @EnumSource
  void shouldSayThatTheRingIsFullAndTakeNone(Form form) throws Exception {
    RecordPipeline pipeline = start();
    ScriptedTracepoint.Gate gate = tracepoint.block();
    publish(pipeline, "busy");
    gate.awaitEntered();
    // There is room for some records of a batch, but not for all.
    for (int i = 0; i < RING_SLOTS - form.records; i++) {
      assertThat(publish(pipeline, "fills")).isTrue();
    }

    assertThat(form.offer(pipeline, MAX_RECORD_LENGTH, outcomes)).isEqualTo(PublishResult.FULL);
    gate.release();
    flush(pipeline);

    assertThat(outcomes.outcomes()).hasSize(form.records).containsOnly(Outcome.DROPPED_FULL);
    assertThat(pipeline.statistics().count(Outcome.DROPPED_FULL)).isEqualTo(form.records);
    assertThat(form.offer(pipeline, MAX_RECORD_LENGTH, outcomes)).isEqualTo(PublishResult.ACCEPTED);
  }

  @Test
  void shouldTakeABatchOfTheWholeRing() throws Exception {
    RecordPipeline pipeline = start();
    int[] lengths = new int[RING_SLOTS];
    Arrays.fill(lengths, 4);

    for (int i = 0; i < 3; i++) {
      assertThat(
              pipeline.publish(RECORDS, new int[RING_SLOTS], lengths, RING_SLOTS, 0, outcomes, 1))
          .isEqualTo(PublishResult.ACCEPTED);
      flush(pipeline);
    }

    assertEach(pipeline, 3 * RING_SLOTS, Outcome.WRITTEN);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, RING_SLOTS + 1})
  void shouldRefuseACountOutOfRange(int count) {
    RecordPipeline pipeline = start();
    int[] lengths = new int[RING_SLOTS + 1];
    Arrays.fill(lengths, 4);

    assertThatThrownBy(
            () ->
                pipeline.publish(RECORDS, new int[RING_SLOTS + 1], lengths, count, 0, outcomes, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("count=" + count)
        .hasMessageContaining("ringSlots=" + RING_SLOTS);
    assertThat(pipeline.statistics().offered()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldCheckTheArgumentsAlsoWhenNobodyListens(boolean closed) {
    tracepoint.enabled = false;
    RecordPipeline pipeline = start();
    if (closed) {
      pipeline.close();
    }

    assertThatThrownBy(() -> pipeline.publish(RECORDS, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("length=0");
    assertThatThrownBy(() -> pipeline.publish(RECORDS, 60, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> pipeline.publish(RECORDS, -1, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> pipeline.tryClaim(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> batch(pipeline, new int[] {0, 0}, new int[] {4, 0}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> batch(pipeline, new int[] {0, 61}, new int[] {4, 4}))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> batch(pipeline, new int[] {0}, new int[] {4, 4}))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(outcomes.told()).isEmpty();
    assertThat(pipeline.statistics().offered()).isZero();
  }

  private void batch(RecordPipeline pipeline, int[] offsets, int[] lengths) {
    var unused = pipeline.publish(RECORDS, offsets, lengths, 2, 0, outcomes, 1);
  }

  private RecordPipelineBuilder builder() {
    return RecordPipeline.builder()
        .setTracepoint(tracepoint)
        .setRingSlots(RING_SLOTS)
        .setMaxRecordLength(MAX_RECORD_LENGTH);
  }

  private RecordPipeline start() {
    return pipelines.start(builder());
  }

  private void assertEach(RecordPipeline pipeline, int records, Outcome outcome) {
    assertThat(outcomes.outcomes()).hasSize(records).containsOnly(outcome);
    assertThat(pipeline.statistics().offered()).isEqualTo(records);
    assertThat(pipeline.statistics().count(outcome)).isEqualTo(records);
    assertThat(pipeline.statistics().outcomes()).isEqualTo(records);
  }
}
