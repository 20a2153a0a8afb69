// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static io.userevents.pipeline.Pipelines.record;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.userevents.pipeline.Outcomes.Told;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class RecordPipelinePublishTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final Outcomes outcomes = new Outcomes();

  @Test
  void shouldDeliverARecordToTheAttachedListener() throws Exception {
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("loop");
    List<String> received = new CopyOnWriteArrayList<>();
    tracepoint.attach(bytes -> received.add(new String(bytes, US_ASCII)));
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThat(publish(pipeline, "hello", outcomes, 7)).isTrue();
    flush(pipeline);

    assertThat(received).containsExactly("hello");
    assertThat(outcomes.told()).containsExactly(new Told(7, Outcome.WRITTEN, 0));
    PipelineStatistics statistics = pipeline.statistics();
    assertThat(statistics.written()).isEqualTo(1);
    assertThat(statistics.dropped()).isZero();
    assertThat(statistics.events()).isEqualTo(1);
    assertThat(statistics.writeCalls()).isEqualTo(1);
    assertThat(statistics.writtenBytes()).isEqualTo(5);
    assertThat(statistics.attachments()).isEqualTo(1);
  }

  @Test
  void shouldTakeARecordFromTheMiddleOfABuffer() throws Exception {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThat(pipeline.publish(record("abcdef"), 2, 3).isAccepted()).isTrue();
    flush(pipeline);

    assertThat(tracepoint.texts()).containsExactly("cde");
  }

  @Test
  void shouldTakeARecordFromOffHeapMemory() throws Exception {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(8));
    buffer.putBytes(0, "direct".getBytes(US_ASCII));

    assertThat(pipeline.publish(buffer, 0, 6).isAccepted()).isTrue();
    flush(pipeline);

    assertThat(tracepoint.texts()).containsExactly("direct");
  }

  @Test
  void shouldCopyTheRecordSoThatTheBufferCanBeReused() throws Exception {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setGatherRecords(false));
    publish(pipeline, "blocked");
    gate.awaitEntered();
    UnsafeBuffer buffer = new UnsafeBuffer("old".getBytes(US_ASCII));

    assertThat(pipeline.publish(buffer, 0, 3).isAccepted()).isTrue();
    buffer.putBytes(0, "new".getBytes(US_ASCII));
    gate.release();
    flush(pipeline);

    assertThat(tracepoint.texts()).containsExactly("blocked", "old");
  }

  @Test
  void shouldDropAndCountWhenNobodyIsAttached() {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    tracepoint.enabled = false;
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThat(publish(pipeline, "a", outcomes, 3)).isFalse();

    assertThat(outcomes.told()).containsExactly(new Told(3, Outcome.DROPPED_DETACHED, 0));
    assertThat(outcomes.threads()).containsExactly(Thread.currentThread());
    assertThat(pipeline.statistics().count(Outcome.DROPPED_DETACHED)).isEqualTo(1);
    assertThat(tracepoint.writes).hasValue(0);
  }

  @Test
  void shouldBeAttachedWhileTheTracepointIsEnabled() {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThat(pipeline.isAttached()).isTrue();

    tracepoint.enabled = false;
    assertThat(pipeline.isAttached()).isFalse();
  }

  @Test
  void shouldDropAndCountWhenRingIsFull() throws Exception {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(4));
    assertThat(publish(pipeline, "0")).isTrue();
    gate.awaitEntered();
    for (int i = 1; i < 4; i++) {
      assertThat(publish(pipeline, Integer.toString(i))).isTrue();
    }

    assertThat(publish(pipeline, "4", outcomes, 4)).isFalse();

    assertThat(outcomes.told()).containsExactly(new Told(4, Outcome.DROPPED_FULL, 0));
    assertThat(pipeline.statistics().count(Outcome.DROPPED_FULL)).isEqualTo(1);
    gate.release();
    flush(pipeline);
    assertThat(String.join("", tracepoint.texts())).isEqualTo("0123");
  }

  @Test
  void shouldTakeRecordsAgainWhenTheRingHasBeenFull() throws Exception {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(2));
    while (publish(pipeline, "a")) {
      gate.awaitEntered();
    }
    gate.release();
    flush(pipeline);

    assertThat(publish(pipeline, "b", outcomes, 0)).isTrue();
    flush(pipeline);

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
  }

  @Test
  void shouldTakeARecordOfTheMaximumLengthAndDropALongerOne() throws Exception {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setMaxRecordLength(10));

    assertThat(publish(pipeline, "x".repeat(10))).isTrue();
    assertThat(publish(pipeline, "x".repeat(11), outcomes, 1)).isFalse();
    flush(pipeline);

    assertThat(pipeline.maxRecordLength()).isEqualTo(10);
    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.DROPPED_TOO_LARGE, 0));
    assertThat(pipeline.statistics().count(Outcome.DROPPED_TOO_LARGE)).isEqualTo(1);
    assertThat(tracepoint.texts()).containsExactly("x".repeat(10));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void shouldThrowAndCountNothingWhenTheLengthIsBelowOne(int length) {
    RecordPipeline pipeline = pipelines.start(pipelines.tracepoint());

    assertThatThrownBy(() -> pipeline.publish(record("abc"), 0, length, outcomes, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("length=" + length);

    assertThat(pipeline.statistics().offered()).isZero();
    assertThat(outcomes.told()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 4", "3, 1", "-1, 1", "2147483647, 1", "1, 2147483647"})
  void shouldThrowAndCountNothingWhenTheRecordIsOutsideTheBuffer(int offset, int length) {
    RecordPipeline pipeline = pipelines.start(pipelines.tracepoint());

    assertThatThrownBy(() -> pipeline.publish(record("abc"), offset, length, outcomes, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);

    assertThat(pipeline.statistics().offered()).isZero();
    assertThat(outcomes.told()).isEmpty();
  }

  @Test
  void shouldDropAndCountWhenClosed() {
    RecordPipeline pipeline = pipelines.start(pipelines.tracepoint());
    pipeline.close();

    assertThat(publish(pipeline, "a", outcomes, 2)).isFalse();

    assertThat(outcomes.told()).containsExactly(new Told(2, Outcome.DROPPED_CLOSED, 0));
    assertThat(pipeline.statistics().count(Outcome.DROPPED_CLOSED)).isEqualTo(1);
    assertThat(pipeline.isAttached()).isFalse();
  }

  @Test
  void shouldSettleAClaimWhoseCopyFailedAndGoOn() throws Exception {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    DirectBuffer broken =
        new UnsafeBuffer(new byte[8]) {
          @Override
          public long addressOffset() {
            throw new IllegalStateException("gone");
          }
        };

    assertThatThrownBy(() -> pipeline.publish(broken, 0, 8, outcomes, 5)).hasMessage("gone");
    assertThat(publish(pipeline, "next")).isTrue();
    flush(pipeline);

    assertThat(outcomes.told()).containsExactly(new Told(5, Outcome.DROPPED_ABORTED, 0));
    assertThat(tracepoint.texts()).containsExactly("next");
  }

  @Test
  void shouldReturnWhenTheListenerOfARefusedRecordThrows() {
    ScriptedTracepoint tracepoint = pipelines.tracepoint();
    tracepoint.enabled = false;
    RecordPipeline pipeline = pipelines.start(tracepoint);

    boolean taken =
        publish(
            pipeline,
            "a",
            (tag, outcome, errno) -> {
              throw new IllegalStateException("broken listener");
            },
            0);

    assertThat(taken).isFalse();
    assertThat(pipelines.log().warnings()).singleElement().asString().contains("outcome listener");
  }

  @Test
  void shouldAllocateNothingOnThePublishingThread() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    RecordPipeline pipeline = pipelines.start(pipelines.tracepoint());
    DirectBuffer record = record("0123456789abcdef");
    for (int i = 0; i < 2000; i++) {
      pipeline.publish(record, 0, 16, outcomes, i);
    }
    long before = threads.getCurrentThreadAllocatedBytes();

    // Fewer than there are slots, so that none is refused, which would call the listener here.
    flush(pipeline);
    long afterFlush = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1000; i++) {
      pipeline.publish(record, 0, 16, outcomes, i);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - afterFlush;

    assertThat(afterFlush).as("the measurement works").isGreaterThan(before);
    assertThat(allocated).isLessThan(1000);
  }
}
