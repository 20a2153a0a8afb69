// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static io.userevents.pipeline.Pipelines.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.pipeline.BackPressurePolicy.Decision;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class BackPressureTest {

  private static final int SLOTS = 4;

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final ScriptedTracepoint.Gate gate = tracepoint.block();
  private final Outcomes outcomes = new Outcomes();

  @Test
  void shouldTellThePolicyWhatItNeedsToDecide() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    AtomicInteger calls = new AtomicInteger();
    RecordPipeline pipeline =
        startFull(
            pressure -> {
              told.add(pressure.toString().replaceFirst("waitedNs=[1-9][0-9]*", "waitedNs=some"));
              return calls.incrementAndGet() < 3 ? Decision.RETRY : Decision.DROP;
            });

    assertThat(pipeline.publish(record("abc"), 0, 3, 9, outcomes, 1).isAccepted()).isFalse();

    assertThat(told)
        .containsExactly(
            "BackPressure{attempts=1, waitedNs=0, recordLength=3, priority=9, ringSlots=4,"
                + " freeSlots=0, attached=true}",
            "BackPressure{attempts=2, waitedNs=some, recordLength=3, priority=9, ringSlots=4,"
                + " freeSlots=0, attached=true}",
            "BackPressure{attempts=3, waitedNs=some, recordLength=3, priority=9, ringSlots=4,"
                + " freeSlots=0, attached=true}");
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_FULL);
  }

  @Test
  void shouldNotAskWhileThereIsRoom() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    gate.release();
    RecordPipeline pipeline =
        start(
            pressure -> {
              calls.incrementAndGet();
              return Decision.DROP;
            });

    publish(pipeline, "a", outcomes, 1);
    flush(pipeline);

    assertThat(calls).hasValue(0);
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
  }

  @Test
  void shouldTakeTheRecordWhenARetryFindsASlot() throws Exception {
    RecordPipeline pipeline =
        startFull(
            pressure -> {
              gate.release();
              return Decision.RETRY;
            });

    assertThat(publish(pipeline, "late", outcomes, 1)).isTrue();
    flush(pipeline);

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
    assertThat(String.join("", tracepoint.texts())).endsWith("late");
  }

  @Test
  void shouldAskForClaimsAsWell() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    RecordPipeline pipeline =
        startFull(
            pressure -> {
              calls.incrementAndGet();
              return Decision.DROP;
            });

    assertThat(pipeline.tryClaim(2, 0, outcomes, 1).result()).isEqualTo(PublishResult.FULL);

    assertThat(calls).hasValue(1);
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_FULL);
  }

  @Test
  void shouldDropCountAndLogOnceWhenThePolicyThrows() throws Exception {
    RecordPipeline pipeline =
        startFull(
            pressure -> {
              throw new IllegalStateException("broken policy");
            });

    for (int i = 0; i < 3; i++) {
      assertThat(publish(pipeline, "x", outcomes, i)).isFalse();
    }

    assertThat(outcomes.outcomes()).hasSize(3).containsOnly(Outcome.DROPPED_FULL);
    assertThat(pipeline.statistics().policyFailures()).isEqualTo(3);
    assertThat(pipelines.log().messages(Level.WARNING))
        .filteredOn(line -> line.contains("policy"))
        .singleElement()
        .asString()
        .contains("failed, the record is dropped");
  }

  @Test
  void shouldDropWhenThePolicyThrowsWhileReserving() {
    RecordPipeline pipeline =
        start(
            new BackPressurePolicy() {
              @Override
              public Decision onBackPressure(BackPressure pressure) {
                return Decision.DROP;
              }

              @Override
              public int reservedSlots(int priority, int ringSlots) {
                throw new IllegalStateException("broken policy");
              }
            });

    assertThat(publish(pipeline, "x", outcomes, 1)).isFalse();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_FULL);
    assertThat(pipeline.statistics().policyFailures()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, SLOTS, Integer.MAX_VALUE})
  void shouldStandAnyNumberOfReservedSlots(int reserved) throws Exception {
    gate.release();
    RecordPipeline pipeline =
        start(
            new BackPressurePolicy() {
              @Override
              public Decision onBackPressure(BackPressure pressure) {
                return Decision.DROP;
              }

              @Override
              public int reservedSlots(int priority, int ringSlots) {
                return reserved;
              }
            });

    assertThat(publish(pipeline, "x", outcomes, 1)).isEqualTo(reserved < SLOTS);
  }

  static List<BackPressurePolicy> waiting() {
    return List.of(
        BackPressurePolicies.waitUnbounded(),
        BackPressurePolicies.waitThenDrop(Duration.ofDays(1)),
        BackPressurePolicies.spinThenDrop(Integer.MAX_VALUE),
        pressure -> Decision.RETRY);
  }

  @ParameterizedTest
  @MethodSource("waiting")
  void shouldGiveUpWaitingWhenThePipelineIsClosed(BackPressurePolicy policy) throws Exception {
    RecordPipeline pipeline = startFull(policy);
    CompletableFuture<Boolean> published = publishOnAnotherThread(pipeline);

    CompletableFuture<Void> closed = pipeline.closeAsync();

    assertThat(published.get(60, TimeUnit.SECONDS)).isFalse();
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_CLOSED);
    gate.release();
    closed.get(60, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @MethodSource("waiting")
  void shouldGiveUpWaitingWhenTheListenerDetaches(BackPressurePolicy policy) throws Exception {
    RecordPipeline pipeline = startFull(policy);
    CompletableFuture<Boolean> published = publishOnAnotherThread(pipeline);

    tracepoint.enabled = false;

    assertThat(published.get(60, TimeUnit.SECONDS)).isFalse();
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_DETACHED);
  }

  @ParameterizedTest
  @MethodSource("waiting")
  void shouldGoOnWhenTheConsumerHasMadeRoom(BackPressurePolicy policy) throws Exception {
    RecordPipeline pipeline = startFull(policy);
    CompletableFuture<Boolean> published = publishOnAnotherThread(pipeline);

    gate.release();

    assertThat(published.get(60, TimeUnit.SECONDS)).isTrue();
    flush(pipeline);
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
  }

  @Test
  void shouldDropAfterSoManySpins() throws Exception {
    RecordPipeline pipeline = startFull(BackPressurePolicies.spinThenDrop(3));

    assertThat(publish(pipeline, "x", outcomes, 1)).isFalse();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_FULL);
  }

  @Test
  void shouldDropWhenTheTimeIsUpAndNotBefore() throws Exception {
    RecordPipeline pipeline = startFull(BackPressurePolicies.waitThenDrop(Duration.ofMillis(30)));
    long startNs = System.nanoTime();

    assertThat(publish(pipeline, "x", outcomes, 1)).isFalse();

    assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(30_000_000);
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_FULL);
  }

  @Test
  void shouldNotWaitWhenInterruptedAndStayInterrupted() throws Exception {
    RecordPipeline pipeline = startFull(BackPressurePolicies.waitUnbounded());
    Thread.currentThread().interrupt();

    assertThat(publish(pipeline, "x", outcomes, 1)).isFalse();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(outcomes.outcomes()).containsExactly(Outcome.DROPPED_FULL);
  }

  @Test
  void shouldShedLowPrioritiesBeforeTheRingIsFull() throws Exception {
    RecordPipeline pipeline = start(BackPressurePolicies.dropByPriority(0.5, 0.75, 1));
    publishPriority(pipeline, 0, 1);
    gate.awaitEntered();
    // One slot is in use, by the record that is being written.

    assertThat(publishPriority(pipeline, 0, 2)).isTrue();
    assertThat(publishPriority(pipeline, 0, 3)).as("half of the ring is in use").isFalse();
    assertThat(publishPriority(pipeline, -5, 4)).as("like 0").isFalse();
    assertThat(publishPriority(pipeline, 1, 5)).isTrue();
    assertThat(publishPriority(pipeline, 1, 6)).as("three quarters are").isFalse();
    assertThat(publishPriority(pipeline, 99, 7)).as("like 2").isTrue();
    assertThat(publishPriority(pipeline, 2, 8)).as("all is").isFalse();

    gate.release();
    flush(pipeline);
    assertThat(outcomes.told())
        .filteredOn(told -> told.outcome() == Outcome.WRITTEN)
        .extracting(Outcomes.Told::tag)
        .containsExactly(1L, 2L, 5L, 7L);
    assertThat(pipeline.statistics().count(Outcome.DROPPED_FULL)).isEqualTo(4);
  }

  @Test
  void shouldDropInPlaceOfWaitingOnTheConsumersOwnThread() throws Exception {
    RecordPipeline pipeline = startFull(BackPressurePolicies.waitUnbounded());
    CompletableFuture<Boolean> nested = new CompletableFuture<>();
    gate.release();
    flush(pipeline);
    ScriptedTracepoint.Gate second = tracepoint.block();
    OutcomeListener publishing =
        (tag, outcome, errno) -> {
          boolean taken = true;
          while (taken) {
            taken = publish(pipeline, "n");
          }
          nested.complete(taken);
        };
    publish(pipeline, "a", publishing, 0);
    second.awaitEntered();
    second.release();

    assertThat(nested.get(60, TimeUnit.SECONDS)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void shouldRefuseToSpinLessThanOnce(int maxSpins) {
    assertThatThrownBy(() -> BackPressurePolicies.spinThenDrop(maxSpins))
        .hasMessage("maxSpins must be at least 1: maxSpins=" + maxSpins);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void shouldRefuseToWaitForNoTime(long ms) {
    assertThatThrownBy(() -> BackPressurePolicies.waitThenDrop(Duration.ofMillis(ms)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxWait must be more than 0");
  }

  static List<double[]> impossibleLimits() {
    return List.of(
        new double[] {},
        new double[] {0, 1},
        new double[] {-0.5},
        new double[] {1.1},
        new double[] {0.8, 0.5},
        new double[] {Double.NaN});
  }

  @ParameterizedTest
  @MethodSource("impossibleLimits")
  void shouldRefuseImpossibleFillLimits(double[] fillLimits) {
    assertThatThrownBy(() -> BackPressurePolicies.dropByPriority(fillLimits))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fillLimits");
  }

  @Test
  void shouldBeReadable() {
    assertThat(
            List.of(
                BackPressurePolicies.drop(),
                BackPressurePolicies.spinThenDrop(5),
                BackPressurePolicies.waitThenDrop(Duration.ofMillis(2)),
                BackPressurePolicies.waitUnbounded(),
                BackPressurePolicies.dropByPriority(0.5, 1)))
        .hasToString(
            "[drop, spinThenDrop(5), waitThenDrop(PT0.002S), waitUnbounded,"
                + " dropByPriority[0.5, 1.0]]");
  }

  private RecordPipeline start(BackPressurePolicy policy) {
    return pipelines.start(
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setRingSlots(SLOTS)
            .setBackPressurePolicy(policy));
  }

  /** The consumer is in a write until the gate is released, and all slots are in use. */
  private RecordPipeline startFull(BackPressurePolicy policy) throws InterruptedException {
    RecordPipeline pipeline = start(policy);
    publish(pipeline, "f");
    gate.awaitEntered();
    for (int i = 1; i < SLOTS; i++) {
      assertThat(publish(pipeline, "f")).isTrue();
    }
    return pipeline;
  }

  private boolean publishPriority(RecordPipeline pipeline, int priority, long tag) {
    return pipeline.publish(record("p"), 0, 1, priority, outcomes, tag).isAccepted();
  }

  /** Returns when the other thread is about to find the ring full. */
  private CompletableFuture<Boolean> publishOnAnotherThread(RecordPipeline pipeline)
      throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    Thread test = Thread.currentThread();
    tracepoint.whenAsked =
        () -> {
          if (Thread.currentThread() != test) {
            started.countDown();
          }
        };
    CompletableFuture<Boolean> published =
        CompletableFuture.supplyAsync(() -> publish(pipeline, "w", outcomes, 1));
    assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
    tracepoint.whenAsked = () -> {};
    return published;
  }
}
