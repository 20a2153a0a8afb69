// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who waits for the first attempt to register the tracepoint, and for how long. */
@Timeout(300)
class RegistrationWaitTest {

  private static final Duration LONG = Duration.ofDays(1);

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final CountDownLatch answered = new CountDownLatch(1);

  @Test
  void shouldBuildWithoutWaitingForAKernelThatHangs() {
    RecordPipeline pipeline = startUnanswered();

    try {
      assertThat(pipeline.awaitRegistration(Duration.ZERO)).isFalse();
      assertThat(Pipelines.publish(pipeline, "early")).isFalse();
      assertThat(pipeline.statistics().count(Outcome.DROPPED_DETACHED)).isEqualTo(1);
      assertThat(pipelines.log().warnings()).isEmpty();
    } finally {
      answered.countDown();
    }
    assertThat(pipeline.awaitRegistration(LONG)).isTrue();
    assertThat(Pipelines.publish(pipeline, "in time")).isTrue();
  }

  @Test
  void shouldBuildAfterTheTimeThatWasSetAndSayIt() {
    tracepoint.whenRegistering = () -> await(answered);

    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRegistrationWait(Duration.ofMillis(1)));

    assertThat(pipeline.state()).isEqualTo(TracepointState.UNAVAILABLE);
    answered.countDown();
    assertThat(pipeline.awaitRegistration(LONG)).isTrue();
    assertThat(pipelines.log().warnings())
        .singleElement()
        .asString()
        .contains("has not answered yet");
  }

  @Test
  void shouldEndTheWaitWhenThePipelineIsClosedBeforeItsThreadRuns() throws Exception {
    CountDownLatch mayRun = new CountDownLatch(1);
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRegistrationWait(Duration.ZERO)
                .setThreadFactory(
                    consumer ->
                        new Thread(
                            () -> {
                              await(mayRun);
                              consumer.run();
                            })));
    CompletableFuture<Boolean> waited =
        CompletableFuture.supplyAsync(() -> pipeline.awaitRegistration(LONG));

    pipeline.closeAsync().get();

    assertThat(waited.get()).isTrue();
    mayRun.countDown();
    assertThat(tracepoint.registrations).hasValue(0);
  }

  @Test
  void shouldNotWaitOnTheThreadThatRegisters() throws Exception {
    CompletableFuture<RecordPipeline> built = new CompletableFuture<>();
    CompletableFuture<Boolean> waited = new CompletableFuture<>();
    tracepoint.whenRegistering =
        () -> waited.complete(built.join().awaitRegistration(Duration.ofSeconds(200)));

    built.complete(
        pipelines.start(
            RecordPipeline.builder().setTracepoint(tracepoint).setRegistrationWait(Duration.ZERO)));

    assertThat(waited.get()).isFalse();
    assertThat(pipelines.log().messages(Level.WARNING)).isEmpty();
  }

  @Test
  void shouldEndTheWaitOfAThreadThatIsInterruptedAndKeepTheInterrupt() {
    RecordPipeline pipeline = startUnanswered();
    try {
      Thread.currentThread().interrupt();

      assertThat(pipeline.awaitRegistration(LONG)).isFalse();

      assertThat(Thread.interrupted()).isTrue();
    } finally {
      answered.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-0.001S", "PT1M0.001S"})
  void shouldRefuseWaitsOutOfRange(Duration wait) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordPipeline.builder().setRegistrationWait(wait))
        .withMessage("registrationWait must be 0 to 1 min: registrationWait=" + wait);
  }

  @Test
  @SuppressWarnings("NullAway") // This is the test.
  void shouldRefuseNoWaitAndNegativeTimeouts() {
    RecordPipeline pipeline = pipelines.start(tracepoint);

    assertThatNullPointerException()
        .isThrownBy(() -> RecordPipeline.builder().setRegistrationWait(null))
        .withMessage("registrationWait");
    assertThatNullPointerException()
        .isThrownBy(() -> pipeline.awaitRegistration(null))
        .withMessage("timeout");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pipeline.awaitRegistration(Duration.ofNanos(-1)))
        .withMessage("timeout must be 0 or more: timeout=PT-0.000000001S");
  }

  /** Starts a pipeline whose tracepoint answers later. */
  private RecordPipeline startUnanswered() {
    tracepoint.whenRegistering = () -> await(answered);
    return pipelines.start(
        RecordPipeline.builder().setTracepoint(tracepoint).setRegistrationWait(Duration.ZERO));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the consumer", e);
    }
  }
}
