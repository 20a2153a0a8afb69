// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.tracepoint.RegistrationFailures;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class IdleConsumerTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();
  private final CompletableFuture<Thread> consumer = new CompletableFuture<>();

  @ParameterizedTest
  @EnumSource
  void shouldNotWakeUpOnceTheMachineCannotHaveTheTracepoint(ConsumerWaitStrategy strategy)
      throws Exception {
    tracepoint.enabled = false;
    tracepoint.failRegistration(RegistrationFailures.unsupported());
    RecordPipeline pipeline = start(strategy);
    awaitState(Thread.State.WAITING);
    AtomicInteger looks = new AtomicInteger();
    Thread test = Thread.currentThread();
    tracepoint.whenAsked =
        () -> {
          if (Thread.currentThread() != test) {
            looks.incrementAndGet();
          }
        };

    Thread.sleep(100);

    assertThat(looks).hasValue(0);
    assertThat(consumerThread().getState())
        .as("without a time-out")
        .isEqualTo(Thread.State.WAITING);
    assertThat(publish(pipeline, "x", outcomes, 1)).isFalse();
    pipeline.wakeUp();
    LockSupport.unpark(consumerThread());
    awaitState(Thread.State.WAITING);
    assertThat(looks).as("nor when it is woken for nothing").hasValue(0);
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_DETACHED);
  }

  @ParameterizedTest
  @EnumSource
  void shouldEndWhenItIsInterruptedWhereTheMachineCannotHaveTheTracepoint(
      ConsumerWaitStrategy strategy) throws Exception {
    tracepoint.failRegistration(RegistrationFailures.unsupported());
    RecordPipeline pipeline = start(strategy);
    awaitState(Thread.State.WAITING);

    consumerThread().interrupt();
    awaitState(Thread.State.WAITING);

    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
  }

  @Test
  void shouldWriteSoonWhenItIsWokenUp() throws Exception {
    RecordPipeline pipeline = start(ConsumerWaitStrategy.SLEEPING);

    for (int i = 0; i < 100; i++) {
      publish(pipeline, "x", outcomes, i);
      pipeline.wakeUp();
      while (outcomes.outcomes().size() <= i) {
        Thread.onSpinWait();
      }
    }

    assertThat(outcomes.outcomes()).containsOnly(Outcome.WRITTEN);
  }

  private RecordPipeline start(ConsumerWaitStrategy strategy) {
    return pipelines.start(
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setWaitStrategy(strategy)
            .setThreadFactory(
                runnable -> {
                  Thread thread = new Thread(runnable);
                  consumer.complete(thread);
                  return thread;
                }));
  }

  private Thread consumerThread() throws Exception {
    return consumer.get(60, TimeUnit.SECONDS);
  }

  private void awaitState(Thread.State state) throws Exception {
    while (consumerThread().getState() != state) {
      Thread.sleep(1);
    }
  }
}
