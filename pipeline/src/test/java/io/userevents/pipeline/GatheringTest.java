// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.EventLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class GatheringTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  @Test
  void shouldWriteWaitingRecordsAsOneEventInTheirOrder() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(64));

    publishWhileTheConsumerIsBusy(pipeline, List.of("a", "bb", "ccc", "d", "ee"));

    assertThat(tracepoint.texts()).containsExactly("busy", "abbcccdee");
    assertThat(pipeline.statistics().events()).isEqualTo(2);
    assertThat(pipeline.statistics().writtenBytes()).isEqualTo(4 + 9);
  }

  @Test
  void shouldTellEachRecordOfAnEventItsOutcome() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(64));

    publishWhileTheConsumerIsBusy(pipeline, List.of("a", "b", "c"));

    assertThat(outcomes.told())
        .containsExactly(
            new Outcomes.Told(0, Outcome.WRITTEN, 0),
            new Outcomes.Told(1, Outcome.WRITTEN, 0),
            new Outcomes.Told(2, Outcome.WRITTEN, 0));
  }

  @Test
  void shouldTellEachRecordOfAFailedEventItsError() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(64));
    ScriptedTracepoint.Gate gate = tracepoint.block();
    tracepoint.answer(-22);

    publishWhileTheConsumerIsBusy(pipeline, gate, List.of("a", "b"));

    assertThat(outcomes.told())
        .containsExactly(
            new Outcomes.Told(0, Outcome.DROPPED_ERROR, 22),
            new Outcomes.Told(1, Outcome.DROPPED_ERROR, 22));
    assertThat(pipeline.statistics().errors()).containsEntry(22, 2L);
  }

  @Test
  void shouldFillAnEventToTheLimitAndNotExceedIt() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(64)
                .setMaxRecordLength(10)
                .setMaxEventLength(10));

    publishWhileTheConsumerIsBusy(
        pipeline, List.of("aaaa", "bbbbbb", "cccc", "ddddddd", "eeeeeeeeee", "f", "g"));

    assertThat(tracepoint.texts())
        .containsExactly("busy", "aaaabbbbbb", "cccc", "ddddddd", "eeeeeeeeee", "fg");
  }

  @Test
  void shouldGatherUpToTheLimitOfEventsAlsoWhereRecordsMayBeLonger() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(64)
                .setMaxEventLength(10));

    publishWhileTheConsumerIsBusy(
        pipeline, List.of("aaaa", "bbbbbb", "c", "d".repeat(11), "e", "f".repeat(4048), "g", "h"));

    assertThat(tracepoint.texts())
        .containsExactly("busy", "aaaabbbbbb", "c", "d".repeat(11), "e", "f".repeat(4048), "gh");
    assertThat(pipeline.maxEventLength()).isEqualTo(10);
    assertThat(pipeline.maxRecordLength()).isEqualTo(4048);
    assertThat(pipelines.log().warnings()).isEmpty();
  }

  @Test
  void shouldPutTwoRecordsOfHalfTheLimitIntoAnEventAndNeverThree() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(64)
                .setMaxEventLength(100));

    publishWhileTheConsumerIsBusy(pipeline, Collections.nCopies(7, "r".repeat(50)));

    assertThat(tracepoint.texts())
        .extracting(String::length)
        .containsExactly("busy".length(), 100, 100, 100, 50);
  }

  @Test
  void shouldSayOnceThatFtraceDoesNotDeliverALongEvent() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(64)
                .setMaxRecordLength(EventLayout.MAX_LENGTH_PERF));
    ScriptedTracepoint.Gate gate = tracepoint.block();

    publishWhileTheConsumerIsBusy(
        pipeline, gate, List.of("a", "b".repeat(4049), "c".repeat(8168), "d"));

    assertThat(tracepoint.texts())
        .containsExactly("busy", "a", "b".repeat(4049), "c".repeat(8168), "d");
    assertThat(pipelines.log().warnings())
        .singleElement()
        .asString()
        .contains("4049 bytes", "perf delivers it, ftrace does not", "maxRecordLength", "4048");
  }

  @Test
  void shouldNotSpeakOfALongEventThatTheKernelRefused() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(64)
                .setMaxRecordLength(EventLayout.MAX_LENGTH_PERF));
    tracepoint.answer(-Errno.EBADF.number());

    publish(pipeline, "b".repeat(4049));
    flush(pipeline);

    assertThat(pipelines.log().warnings()).isEmpty();
  }

  @Test
  void shouldGatherNoMoreRecordsThanOneWriteTakes() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(2048));
    List<String> records = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      records.add("x");
    }

    publishWhileTheConsumerIsBusy(pipeline, records);

    assertThat(tracepoint.texts()).containsExactly("busy", "x".repeat(256), "x".repeat(44));
  }

  @Test
  void shouldWriteOneEventPerRecordWhenSwitchedOff() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(64)
                .setGatherRecords(false));

    publishWhileTheConsumerIsBusy(pipeline, List.of("a", "bb", "ccc"));

    assertThat(tracepoint.texts()).containsExactly("busy", "a", "bb", "ccc");
    assertThat(pipeline.statistics().events()).isEqualTo(4);
  }

  @Test
  void shouldWriteALoneRecordAtOnce() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    publish(pipeline, "lone");
    while (tracepoint.events().isEmpty()) {
      Thread.sleep(1);
    }

    assertThat(tracepoint.texts()).containsExactly("lone");
  }

  private void publishWhileTheConsumerIsBusy(RecordPipeline pipeline, List<String> records)
      throws Exception {
    publishWhileTheConsumerIsBusy(pipeline, tracepoint.block(), records);
  }

  private void publishWhileTheConsumerIsBusy(
      RecordPipeline pipeline, ScriptedTracepoint.Gate gate, List<String> records)
      throws Exception {
    assertThat(publish(pipeline, "busy")).isTrue();
    gate.awaitEntered();
    for (int i = 0; i < records.size(); i++) {
      assertThat(publish(pipeline, records.get(i), outcomes, i)).isTrue();
    }
    gate.release();
    flush(pipeline);
  }
}
