// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.tracepoint.RegistrationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Behaviour that every strategy has. */
@Timeout(300)
class ConsumerWaitStrategyTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  @ParameterizedTest
  @EnumSource
  void shouldWriteWhatComesAfterAPause(ConsumerWaitStrategy strategy) throws Exception {
    RecordPipeline pipeline = start(strategy);
    for (int i = 0; i < 3; i++) {
      // Long enough for each strategy to come to its rest.
      Thread.sleep(30);
      publish(pipeline, "r", outcomes, i);
      flush(pipeline);
    }

    assertThat(outcomes.outcomes()).hasSize(3).containsOnly(Outcome.WRITTEN);
  }

  @ParameterizedTest
  @EnumSource
  void shouldWriteAllOfManyPublishersInOrder(ConsumerWaitStrategy strategy) throws Exception {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(16)
                .setGatherRecords(false)
                .setBackPressurePolicy(BackPressurePolicies.waitUnbounded())
                .setWaitStrategy(strategy));
    List<CompletableFuture<Void>> publishers = new ArrayList<>();
    for (char name = 'a'; name < 'd'; name++) {
      String prefix = String.valueOf(name);
      publishers.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 1000; i < 1500; i++) {
                  publish(pipeline, prefix + i);
                }
              }));
    }
    for (CompletableFuture<Void> publisher : publishers) {
      publisher.get(60, TimeUnit.SECONDS);
    }
    flush(pipeline);

    assertThat(tracepoint.texts()).hasSize(1500);
    for (char name = 'a'; name < 'd'; name++) {
      String prefix = String.valueOf(name);
      assertThat(tracepoint.texts().stream().filter(text -> text.startsWith(prefix)))
          .hasSize(500)
          .isSorted();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldLookAfterTheTracepointWhileIdle(ConsumerWaitStrategy strategy) throws Exception {
    tracepoint.failRegistration(new RegistrationException("not yet", 2, null));
    start(strategy);

    while (tracepoint.registrations.get() < 2) {
      Thread.sleep(10);
    }

    assertThat(tracepoint.registrations).hasValue(2);
  }

  @ParameterizedTest
  @EnumSource
  void shouldLookAfterTheTracepointWhileAClaimIsOpen(ConsumerWaitStrategy strategy)
      throws Exception {
    RecordPipeline pipeline = start(strategy);
    RecordClaim claim = pipeline.tryClaim(1, 0, outcomes, 0);

    tracepoint.enabled = false;
    while (pipeline.state() != TracepointState.REGISTERED) {
      Thread.sleep(1);
    }

    assertThat(claim.isOpen()).isTrue();
    claim.abort();
    flush(pipeline);
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_ABORTED);
  }

  @ParameterizedTest
  @EnumSource
  void shouldEndSoonWhileIdle(ConsumerWaitStrategy strategy) throws Exception {
    RecordPipeline pipeline = start(strategy);
    Thread.sleep(30);

    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void shouldSurviveAnInterruptOfItsThread(ConsumerWaitStrategy strategy) throws Exception {
    CompletableFuture<Thread> consumer = new CompletableFuture<>();
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setWaitStrategy(strategy)
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

  private RecordPipeline start(ConsumerWaitStrategy strategy) {
    return pipelines.start(
        RecordPipeline.builder().setTracepoint(tracepoint).setWaitStrategy(strategy));
  }
}
