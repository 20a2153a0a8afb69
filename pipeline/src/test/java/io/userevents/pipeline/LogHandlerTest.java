// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Log handlers are the application's code: they hold up neither publishers nor the consumer. */
@Timeout(300)
class LogHandlerTest {

  @RegisterExtension final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = new ScriptedTracepoint();
  private final Outcomes outcomes = new Outcomes();
  private final Logger logger = Logger.getLogger(RecordPipeline.class.getName());
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final List<Handler> handlers = new CopyOnWriteArrayList<>();

  /** Before the pipelines are closed, which wait for their last lines. */
  @AfterEach
  void release() {
    released.countDown();
    handlers.forEach(logger::removeHandler);
  }

  @Test
  void shouldWriteAndCloseWhileAHandlerHangsAtALineOfTheConsumer() throws Exception {
    handle(record -> hang());
    RecordPipeline pipeline = pipelines.start(tracepoint);
    await(hanging);

    for (int i = 0; i < 1000; i++) {
      publish(pipeline, i);
    }
    pipeline.flush().get(60, SECONDS);

    assertThat(outcomes.outcomes()).hasSize(1000).containsOnly(Outcome.WRITTEN);
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
    assertThat(tracepoint.closes).hasValue(1);
  }

  @Test
  void shouldGoOnWhileAHandlerHangsAtALineOfAWriteThatFails() throws Exception {
    handle(
        record -> {
          if (record.getLevel().equals(Level.WARNING)) {
            hang();
          }
        });
    RecordPipeline pipeline = pipelines.start(tracepoint);
    tracepoint.fail(new IllegalStateException("broken write"));
    publish(pipeline, 0);
    await(hanging);
    pipeline.flush().get(60, SECONDS);

    publish(pipeline, 1);
    pipeline.flush().get(60, SECONDS);

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_ERROR, Outcome.WRITTEN);
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
  }

  @Test
  void shouldDrainAFullRingWhileAHandlerPublishesToItAndWaitsForASlot() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(4)
                .setBackPressurePolicy(BackPressurePolicies.waitUnbounded()));
    int records = 100;
    CountDownLatch published = new CountDownLatch(1);
    handle(
        record -> {
          if (record.getMessage().contains("failed to write")) {
            // More than the ring holds: each of these has to wait for the consumer.
            for (int i = 0; i < records; i++) {
              publish(pipeline, i);
            }
            published.countDown();
          }
        });
    ScriptedTracepoint.Gate gate = tracepoint.block();
    tracepoint.fail(new IllegalStateException("broken write"));
    publish(pipeline, 0);
    gate.awaitEntered();
    for (int i = 0; i < 4 - 1; i++) {
      publish(pipeline, i);
    }

    gate.release();

    await(published);
    pipeline.flush().get(60, SECONDS);
    assertThat(outcomes.outcomes()).hasSize(records + 4);
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
  }

  @Test
  void shouldGoOnAfterAHandlerThatThrowsAnError() throws Exception {
    handle(
        record -> {
          throw new StackOverflowError();
        });
    RecordPipeline pipeline = pipelines.start(tracepoint);
    tracepoint.fail(new IllegalStateException("broken write"));

    publish(pipeline, 0);
    pipeline.flush().get(60, SECONDS);
    publish(pipeline, 1);
    pipeline.flush().get(60, SECONDS);

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_ERROR, Outcome.WRITTEN);
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
  }

  @Test
  void shouldNotHoldUpAPublisherWhosePolicyFailsWhileAHandlerHangs() throws Exception {
    handle(
        record -> {
          if (record.getMessage().contains("back-pressure policy failed")) {
            hang();
          }
        });
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(4)
                .setBackPressurePolicy(
                    backPressure -> {
                      throw new IllegalStateException("broken policy");
                    }));
    ScriptedTracepoint.Gate gate = tracepoint.block();
    publish(pipeline, 0);
    gate.awaitEntered();
    for (int i = 0; i < 8; i++) {
      publish(pipeline, i);
    }
    await(hanging);

    publish(pipeline, 0);
    gate.release();

    pipeline.flush().get(60, SECONDS);
    assertThat(outcomes.outcomes()).hasSize(10);
  }

  @Test
  void shouldHaveHandedOverTheLastLinesWhenItIsClosed() {
    List<String> handled = new CopyOnWriteArrayList<>();
    handle(record -> handled.add(record.getMessage()));
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();

    assertThat(handled).containsExactly("registered tracepoint scripted: script");
  }

  private void hang() {
    hanging.countDown();
    boolean interrupted = false;
    while (true) {
      try {
        released.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void handle(Consumer<LogRecord> records) {
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            records.accept(record);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    handlers.add(handler);
    logger.addHandler(handler);
  }

  private void publish(RecordPipeline pipeline, long tag) {
    UnsafeBuffer record = new UnsafeBuffer("a".getBytes(US_ASCII));
    PublishResult unused = pipeline.publish(record, 0, record.capacity(), outcomes, tag);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the test", e);
    }
  }
}
