// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.userevents.pipeline.Outcomes.Told;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class RecordPipelineWriteTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  @Test
  void shouldCountAsDetachedWhenTheKernelSaysThatNobodyListens() throws Exception {
    tracepoint.answer(-9);
    RecordPipeline pipeline = pipelines.start(tracepoint);

    publish(pipeline, "a", outcomes, 1);
    flush(pipeline);

    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.DROPPED_DETACHED, 0));
    assertThat(pipeline.statistics().errors()).isEmpty();
    assertThat(tracepoint.writes).hasValue(1);
  }

  @Test
  void shouldCountAsDetachedWhenTheListenerLeavesBeforeTheWrite() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "written");
    gate.awaitEntered();

    publish(pipeline, "late", outcomes, 1);
    tracepoint.enabled = false;
    gate.release();
    flush(pipeline);

    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.DROPPED_DETACHED, 0));
    assertThat(tracepoint.texts()).containsExactly("written");
  }

  @Test
  void shouldCountOtherErrorsByTheirNumber() throws Exception {
    tracepoint.answer(-22).answer(-12).answer(-22).answer(-12345);
    RecordPipeline pipeline = pipelines.start(tracepoint);

    for (int i = 0; i < 5; i++) {
      publish(pipeline, "a", outcomes, i);
      flush(pipeline);
    }

    assertThat(outcomes.told())
        .containsExactly(
            new Told(0, Outcome.DROPPED_ERROR, 22),
            new Told(1, Outcome.DROPPED_ERROR, 12),
            new Told(2, Outcome.DROPPED_ERROR, 22),
            new Told(3, Outcome.DROPPED_ERROR, 12345),
            new Told(4, Outcome.WRITTEN, 0));
    PipelineStatistics statistics = pipeline.statistics();
    assertThat(statistics.errors()).containsOnly(entry(22, 2L), entry(12, 1L), entry(0, 1L));
    assertThat(statistics.count(Outcome.DROPPED_ERROR)).isEqualTo(4);
    assertThat(statistics.writeCalls()).isEqualTo(5);
    assertThat(statistics.events()).isEqualTo(1);
    assertThat(statistics.writtenBytes()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 14})
  void shouldRetryErrorsThatPass(int errno) throws Exception {
    tracepoint.answer(-errno).answer(-errno).answer(-errno);
    RecordPipeline pipeline = pipelines.start(tracepoint);

    publish(pipeline, "a", outcomes, 1);
    flush(pipeline);

    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.WRITTEN, 0));
    assertThat(tracepoint.writes).hasValue(4);
    assertThat(pipeline.statistics().writeCalls()).isEqualTo(4);
    assertThat(pipeline.statistics().events()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 14})
  void shouldGiveUpErrorsThatDoNotPassAfterAll(int errno) throws Exception {
    tracepoint.answer(-errno).answer(-errno).answer(-errno).answer(-errno).answer(-errno);
    RecordPipeline pipeline = pipelines.start(tracepoint);

    publish(pipeline, "a", outcomes, 1);
    flush(pipeline);

    assertThat(outcomes.told()).containsExactly(new Told(1, Outcome.DROPPED_ERROR, errno));
    assertThat(tracepoint.writes).hasValue(4);
  }

  @Test
  void shouldNotRetryErrorsThatStay() throws Exception {
    tracepoint.answer(-22);
    RecordPipeline pipeline = pipelines.start(tracepoint);

    publish(pipeline, "a");
    flush(pipeline);

    assertThat(tracepoint.writes).hasValue(1);
  }

  @Test
  void shouldGoOnWhenTheWriteThrows() throws Exception {
    tracepoint.fail(new IllegalStateException("broken write"));
    RecordPipeline pipeline = pipelines.start(tracepoint);

    publish(pipeline, "a", outcomes, 1);
    flush(pipeline);
    publish(pipeline, "b", outcomes, 2);
    flush(pipeline);

    assertThat(outcomes.told())
        .containsExactly(new Told(1, Outcome.DROPPED_ERROR, 5), new Told(2, Outcome.WRITTEN, 0));
    assertThat(pipelines.log().warnings()).anyMatch(line -> line.contains("correct its write"));
  }

  @Test
  void shouldGoOnWhenAnOutcomeListenerThrows() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "first");
    gate.awaitEntered();
    OutcomeListener broken =
        (tag, outcome, errno) -> {
          throw new IllegalStateException("broken listener");
        };

    publish(pipeline, "a", broken, 1);
    publish(pipeline, "b", outcomes, 2);
    gate.release();
    flush(pipeline);
    publish(pipeline, "c", outcomes, 3);
    flush(pipeline);

    assertThat(outcomes.told())
        .containsExactly(new Told(2, Outcome.WRITTEN, 0), new Told(3, Outcome.WRITTEN, 0));
    assertThat(pipelines.log().warnings()).singleElement().asString().contains("outcome listener");
  }

  @Test
  void shouldGoOnWhenAnOutcomeListenerCannotEvenBeNamed() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "first");
    gate.awaitEntered();
    OutcomeListener broken =
        new OutcomeListener() {
          @Override
          public void onOutcome(long tag, Outcome outcome, int errno) {
            throw new IllegalStateException("broken listener");
          }

          @Override
          public String toString() {
            throw new IllegalStateException("broken name");
          }
        };

    publish(pipeline, "a", broken, 1);
    publish(pipeline, "b", outcomes, 2);
    gate.release();
    flush(pipeline);

    assertThat(outcomes.told()).containsExactly(new Told(2, Outcome.WRITTEN, 0));
  }

  @Test
  void shouldTellAnOutcomeOnTheConsumersThread() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    publish(pipeline, "a", outcomes, 1);
    flush(pipeline);

    assertThat(outcomes.threads())
        .singleElement()
        .satisfies(
            thread -> {
              assertThat(thread.getName()).isEqualTo("user-events-scripted");
              assertThat(thread.isDaemon()).isTrue();
            });
  }

  @Test
  void shouldLetGoOfAListenerOnceItWasTold() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    WeakReference<OutcomeListener> listener = publishWithItsOwnListener(pipeline);
    flush(pipeline);

    while (listener.get() != null) {
      System.gc();
      Thread.sleep(1);
    }

    assertThat(pipeline.statistics().written()).isEqualTo(1);
  }

  @Test
  void shouldCountAnAttachmentWithoutAnyRecord() throws Exception {
    tracepoint.enabled = false;
    RecordPipeline pipeline = pipelines.start(tracepoint);
    assertThat(pipeline.statistics().attachments()).isZero();

    tracepoint.enabled = true;
    while (pipeline.statistics().attachments() == 0) {
      Thread.sleep(1);
    }

    assertThat(pipeline.statistics().attachments()).isEqualTo(1);
  }

  @Test
  void shouldGoOnWhenALogHandlerThrows() throws Exception {
    Logger logger = Logger.getLogger(RecordPipeline.class.getName());
    Handler broken = new BrokenHandler();
    logger.addHandler(broken);
    try {
      tracepoint.failRegistration(new IllegalStateException("broken registration"));
      tracepoint.fail(new IllegalStateException("broken write"));
      RecordPipeline pipeline =
          pipelines.start(
              RecordPipeline.builder()
                  .setTracepoint(tracepoint)
                  .setMaxRecordLength(10)
                  .setRetryPeriod(Duration.ofMillis(1)));
      assertThat(publish(pipeline, "too large a record")).isFalse();
      while (!pipeline.isAttached()) {
        Thread.sleep(1);
      }

      for (int i = 0; i < 4; i++) {
        publish(pipeline, "a", outcomes, i);
        flush(pipeline);
      }

      assertThat(outcomes.outcomes())
          .containsExactly(
              Outcome.DROPPED_ERROR, Outcome.WRITTEN, Outcome.WRITTEN, Outcome.WRITTEN);
      assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
      assertThat(tracepoint.closes).hasValue(1);
    } finally {
      logger.removeHandler(broken);
    }
  }

  /** Has a separate frame, so that no local variable keeps the listener. */
  private static WeakReference<OutcomeListener> publishWithItsOwnListener(RecordPipeline pipeline) {
    Outcomes listener = new Outcomes();
    assertThat(publish(pipeline, "a", listener, 0)).isTrue();
    return new WeakReference<>(listener);
  }

  private static final class BrokenHandler extends Handler {
    @Override
    public void publish(LogRecord record) {
      throw new IllegalStateException("broken log");
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
