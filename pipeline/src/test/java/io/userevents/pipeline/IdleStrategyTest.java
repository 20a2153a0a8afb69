// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.tracepoint.RegistrationException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.SleepingIdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The consumer's own thread with each of Agrona's idle strategies, and with unusual ones. */
@Timeout(300)
class IdleStrategyTest {

  /** Sleeps for longer than any test lasts, unless it is woken. */
  private static final long FOR_LONG_NS = TimeUnit.HOURS.toNanos(1);

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  static Stream<Named<IdleStrategy>> strategies() {
    return Stream.of(
        Named.of("busy spin", new BusySpinIdleStrategy()),
        Named.of("yielding", new YieldingIdleStrategy()),
        Named.of("back-off", new BackoffIdleStrategy()),
        Named.of("sleeping", new SleepingIdleStrategy()),
        Named.of("sleeping ms", new SleepingMillisIdleStrategy()),
        Named.of("no-op", new NoOpIdleStrategy()));
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void shouldWriteWhatComesAfterAPause(IdleStrategy strategy) throws Exception {
    RecordPipeline pipeline = start(strategy);
    for (int i = 0; i < 3; i++) {
      Thread.sleep(10);
      publish(pipeline, "r", outcomes, i);
      // Without a flush: the strategy alone brings the consumer back.
      while (outcomes.told().size() <= i) {
        Thread.sleep(1);
      }
    }

    assertThat(outcomes.outcomes()).hasSize(3).containsOnly(Outcome.WRITTEN);
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void shouldLookAfterTheTracepointWhileIdle(IdleStrategy strategy) throws Exception {
    tracepoint.failRegistration(new RegistrationException("not yet", 2, null));
    start(strategy);

    while (tracepoint.registrations.get() < 2) {
      Thread.sleep(1);
    }

    assertThat(tracepoint.registrations).hasValue(2);
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void shouldSurviveAnInterruptOfItsThread(IdleStrategy strategy) throws Exception {
    CompletableFuture<Thread> consumer = new CompletableFuture<>();
    RecordPipeline pipeline =
        pipelines.start(
            builder(strategy)
                .setThreadFactory(
                    runnable -> {
                      Thread thread = new Thread(runnable);
                      consumer.complete(thread);
                      return thread;
                    }));

    consumer.get(60, TimeUnit.SECONDS).interrupt();
    publish(pipeline, "r", outcomes, 1);
    flush(pipeline);

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
  }

  @Test
  void shouldBeToldOfWorkSoThatItsBackOffBeginsAnew() throws Exception {
    Queue<Integer> told = new ConcurrentLinkedQueue<>();
    RecordPipeline pipeline =
        start(
            strategy(
                workCount -> {
                  if (workCount > 0) {
                    told.add(workCount);
                  }
                }));

    publish(pipeline, "r", outcomes, 1);
    while (told.isEmpty()) {
      Thread.sleep(1);
    }
    pipeline.close();

    assertThat(told).containsExactly(1);
  }

  @Test
  void shouldBeWokenByAFlush() throws Exception {
    RecordPipeline pipeline = start(new SleepingIdleStrategy(FOR_LONG_NS));
    publish(pipeline, "r", outcomes, 1);

    flush(pipeline);

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
  }

  @Test
  void shouldBeWokenByAPublisherThatAsksForIt() throws Exception {
    RecordPipeline pipeline = start(new SleepingIdleStrategy(FOR_LONG_NS));
    publish(pipeline, "r", outcomes, 1);

    pipeline.wakeUp();

    while (outcomes.told().isEmpty()) {
      Thread.sleep(1);
    }
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
  }

  @Test
  void shouldBeWokenByAPublisherThatWaitsForASlot() {
    RecordPipeline pipeline =
        pipelines.start(builder(new SleepingIdleStrategy(FOR_LONG_NS)).setRingSlots(2));
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);

    for (int i = 0; i < 5; i++) {
      assertThat(pipeline.publish(Pipelines.record("r"), 0, 1, 0, null, 0, deadlineNs))
          .isEqualTo(PublishResult.ACCEPTED);
    }
  }

  @Test
  void shouldNotMakeEachStepOfTheEndWait() {
    RecordPipeline pipeline = start(new SleepingIdleStrategy(FOR_LONG_NS));
    publish(pipeline, "r", outcomes, 1);

    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
  }

  @Test
  void shouldGoOnAndTellTheHandlerWhenTheStrategyThrows() throws Exception {
    IllegalStateException broken = new IllegalStateException("broken");
    Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
    RecordPipeline pipeline =
        pipelines.start(
            builder(
                    strategy(
                        workCount -> {
                          throw broken;
                        }))
                .setErrorHandler(errors::add));

    for (int i = 0; i < 3; i++) {
      publish(pipeline, "r", outcomes, i);
      flush(pipeline);
    }

    assertThat(outcomes.outcomes()).hasSize(3).containsOnly(Outcome.WRITTEN);
    while (errors.isEmpty()) {
      Thread.sleep(1);
    }
    assertThat(errors).containsOnly(broken);
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
  }

  @Test
  void shouldGoOnWhenTheHandlerThrowsAsWell() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    RecordPipeline pipeline =
        pipelines.start(
            builder(
                    strategy(
                        workCount -> {
                          throw new StackOverflowError("broken");
                        }))
                .setErrorHandler(
                    error -> {
                      calls.incrementAndGet();
                      throw new OutOfMemoryError("broken too");
                    }));

    publish(pipeline, "r", outcomes, 1);
    flush(pipeline);
    while (calls.get() == 0) {
      Thread.sleep(1);
    }
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
    assertThat(pipelines.log().messages(Level.SEVERE))
        .singleElement()
        .asString()
        .contains("errors that could not be reported");
  }

  @Test
  void shouldTakeTheOneThatWasSetLast() {
    RecordPipelineBuilder builder = builder(new BackoffIdleStrategy());

    builder.setWaitStrategy(ConsumerWaitStrategy.BLOCKING);

    assertThat(pipelines.start(builder))
        .asString()
        .contains("waitStrategy=BLOCKING")
        .contains("idleStrategy=default");
  }

  @Test
  void shouldBeShownByItsClass() {
    assertThat(start(new BackoffIdleStrategy()))
        .asString()
        .contains("idleStrategy=org.agrona.concurrent.BackoffIdleStrategy");
  }

  @Test
  @SuppressWarnings("NullAway") // What a caller without a checker may do.
  void shouldRefuseNone() {
    assertThatThrownBy(() -> RecordPipeline.builder().setIdleStrategy(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("idleStrategy");
    assertThatThrownBy(() -> RecordPipeline.builder().setErrorHandler(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("errorHandler");
  }

  private RecordPipelineBuilder builder(IdleStrategy strategy) {
    return RecordPipeline.builder()
        .setTracepoint(tracepoint)
        .setRetryPeriod(Duration.ofMillis(10))
        .setIdleStrategy(strategy);
  }

  private RecordPipeline start(IdleStrategy strategy) {
    return pipelines.start(builder(strategy));
  }

  /** The behaviour of a strategy at each call. */
  @FunctionalInterface
  private interface Idle {
    void idle(int workCount);
  }

  private static IdleStrategy strategy(Idle idle) {
    return new IdleStrategy() {
      @Override
      public void idle(int workCount) {
        idle.idle(workCount);
      }

      @Override
      public void idle() {
        throw new AssertionError("it is told the work count");
      }

      @Override
      public void reset() {
        throw new AssertionError("it is told the work count");
      }
    };
  }
}
