// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The application's code throws exceptions and errors at each place where the consumer calls it.
 */
@Timeout(300)
class ThrowingCodeTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final Outcomes outcomes = new Outcomes();

  static Stream<Supplier<Throwable>> throwables() {
    return Stream.of(
        IllegalStateException::new,
        OutOfMemoryError::new,
        StackOverflowError::new,
        SilentError::new,
        InterruptedException::new);
  }

  private static final class SilentError extends Error {
    private static final long serialVersionUID = 1L;
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void shouldTellAllOtherListenersWhenOneThrows(Supplier<Throwable> failure) throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    ScriptedTracepoint.Gate gate = tracepoint.block();
    publish(pipeline, "busy");
    gate.awaitEntered();

    for (int i = 0; i < 30; i++) {
      OutcomeListener throwing = (tag, outcome, errno) -> sneak(failure.get());
      assertThat(publish(pipeline, "a", i % 3 == 0 ? throwing : outcomes, i)).isTrue();
    }
    gate.release();
    flush(pipeline);

    assertThat(outcomes.outcomes()).hasSize(20).containsOnly(Outcome.WRITTEN);
    assertThat(pipelines.log().warnings()).anyMatch(line -> line.contains("outcome listener"));
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void shouldFreeAFullRingWhenAllListenersThrow(Supplier<Throwable> failure) throws Exception {
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(4));
    ScriptedTracepoint.Gate gate = tracepoint.block();
    OutcomeListener throwing = (tag, outcome, errno) -> sneak(failure.get());
    publish(pipeline, "busy", throwing, 0);
    gate.awaitEntered();
    while (publish(pipeline, "fills", throwing, 0)) {}
    gate.release();
    flush(pipeline);

    assertThat(publish(pipeline, "next", outcomes, 1)).isTrue();
    flush(pipeline);
    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void shouldChangeItsStateWhenTheStateListenerThrows(Supplier<Throwable> failure)
      throws Exception {
    AtomicInteger calls = new AtomicInteger();
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setStateListener(
                    new TracepointStateListener() {
                      @Override
                      public void onStateChange(TracepointState previous, TracepointState current) {
                        calls.incrementAndGet();
                        sneak(failure.get());
                      }

                      @Override
                      public void onAttach() {
                        calls.incrementAndGet();
                        sneak(failure.get());
                      }

                      @Override
                      public void onDetach() {
                        calls.incrementAndGet();
                        sneak(failure.get());
                      }

                      @Override
                      public void onRecording() {
                        calls.incrementAndGet();
                        sneak(failure.get());
                      }
                    }));

    assertThat(publish(pipeline, "a", outcomes, 1)).isTrue();
    flush(pipeline);
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();

    assertThat(outcomes.outcomes()).containsExactly(Outcome.WRITTEN);
    assertThat(pipeline.state()).isEqualTo(TracepointState.CLOSED);
    assertThat(calls).hasValueGreaterThanOrEqualTo(5);
    assertThat(tracepoint.closes).hasValue(1);
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void shouldCompleteAllOtherFlushesWhenAContinuationThrows(Supplier<Throwable> failure)
      throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    ScriptedTracepoint.Gate gate = tracepoint.block();
    publish(pipeline, "a");
    gate.awaitEntered();

    CompletableFuture<Void> first = pipeline.flush();
    CompletableFuture<Void> failed = first.thenRun(() -> sneak(failure.get()));
    CompletableFuture<Void> second = pipeline.flush();
    CompletableFuture<Void> ended = pipeline.closeAsync();
    CompletableFuture<Void> failedEnd = ended.thenRun(() -> sneak(failure.get()));
    CompletableFuture<Void> otherEnd = pipeline.closeAsync();
    gate.release();

    first.get(60, TimeUnit.SECONDS);
    second.get(60, TimeUnit.SECONDS);
    otherEnd.get(60, TimeUnit.SECONDS);
    assertThat(failed.isDone() && !failed.isCompletedExceptionally()).isFalse();
    assertThat(failedEnd.isDone() && !failedEnd.isCompletedExceptionally()).isFalse();
  }

  @Test
  void shouldTellAllWhoWaitForTheEndWhenAFailureCannotBeNoted() throws Exception {
    AtomicInteger errors = new AtomicInteger();
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setErrorHandler(error -> errors.incrementAndGet()));
    ScriptedTracepoint.Gate gate = tracepoint.block();
    publish(pipeline, "a");
    gate.awaitEntered();

    CompletableFuture<Void> flush = pipeline.flush();
    CompletableFuture<Void> flushed = flush.thenRun(() -> {});
    // The last one is run first.
    var unusedFlush = flush.thenRun(ThrowingCodeTest::throwUnspeakable);
    CompletableFuture<Void> ended = pipeline.closeAsync();
    var unusedEnd = pipeline.closeAsync().thenRun(ThrowingCodeTest::throwUnspeakable);
    gate.release();

    flushed.get(60, TimeUnit.SECONDS);
    ended.get(60, TimeUnit.SECONDS);
    if (Runtime.version().feature() < 25) {
      // Newer ones note such a failure in the dependent future.
      assertThat(errors).hasValue(2);
    }
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void shouldGoOnWhenTheErrorHandlerThrows(Supplier<Throwable> failure) throws Exception {
    AtomicInteger handled = new AtomicInteger();
    AtomicInteger asked = new AtomicInteger();
    Thread test = Thread.currentThread();
    tracepoint.whenAsked =
        () -> {
          if (Thread.currentThread() != test && asked.incrementAndGet() % 2 == 0) {
            sneak(failure.get());
          }
        };
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setErrorHandler(
                    error -> {
                      handled.incrementAndGet();
                      sneak(failure.get());
                    }));

    while (handled.get() < 3) {
      publish(pipeline, "a", outcomes, 1);
      flush(pipeline);
    }
    tracepoint.whenAsked = () -> {};
    assertThat(publish(pipeline, "last", outcomes, 2)).isTrue();
    flush(pipeline);

    assertThat(outcomes.told()).contains(new Outcomes.Told(2, Outcome.WRITTEN, 0));
    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
    assertThat(pipelines.log().messages(java.util.logging.Level.SEVERE))
        .anyMatch(line -> line.contains("could not be reported"));
  }

  /** Throws an error that no other can be made of, as if there was no memory for it. */
  private static void throwUnspeakable() {
    throw new Error() {
      private static final long serialVersionUID = 1L;

      @Override
      public String getMessage() {
        throw new IllegalStateException("unspeakable");
      }
    };
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }
}
