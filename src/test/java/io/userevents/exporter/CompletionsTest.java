// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static io.userevents.exporter.Exporters.awaitFailure;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.userevents.exporter.internal.log.ThrottledLog;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.RecordPipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The thread that completes results. */
@Timeout(300)
class CompletionsTest {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();
  private final ThrottledLog failures = new ThrottledLog(LOGGER);
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  @Test
  void shouldCompleteResultsOfExportFlushAndShutdownOnOneThreadOfTheExporter() throws Exception {
    Map<String, Thread> completedBy = new ConcurrentHashMap<>();
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    CompletableResultCode export = exporter.export(List.of(Metrics.sum("a", 1)));
    gate.awaitEntered();
    CompletableResultCode flush = exporter.flush();
    CompletableResultCode shutdown = exporter.shutdown();
    CountDownLatch completed = new CountDownLatch(3);
    Map.of("export", export, "flush", flush, "shutdown", shutdown)
        .forEach(
            (name, result) ->
                result.whenComplete(
                    () -> {
                      completedBy.put(name, Thread.currentThread());
                      completed.countDown();
                    }));

    gate.release();
    completed.await();

    assertThat(completedBy).containsOnlyKeys("export", "flush", "shutdown");
    Thread thread = requireNonNull(completedBy.get("export"));
    assertThat(completedBy.values()).containsOnly(thread);
    assertThat(thread.getName()).isEqualTo(Completions.THREAD_NAME);
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getContextClassLoader()).isNull();
    thread.join();
  }

  @Test
  void shouldHaveNoThreadWhileNobodyListens() throws Exception {
    tracepoint.enabled = false;
    // Those of exporters that other tests have shut down may be about to end.
    Set<Thread> before = completingThreads();
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    await(exporter.export(List.of(Metrics.sum("a", 1))));
    await(exporter.flush());

    assertThat(before).containsAll(completingThreads());
  }

  @Test
  void shouldNotGiveTheThreadTheThreadLocalsOfTheOneThatExports() throws Exception {
    InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
    inherited.set("of the application");
    List<String> seen = new CopyOnWriteArrayList<>();
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    CompletableResultCode export = exporter.export(List.of(Metrics.sum("a", 1)));
    gate.awaitEntered();
    CountDownLatch completed = new CountDownLatch(1);
    export.whenComplete(
        () -> {
          seen.add(String.valueOf(inherited.get()));
          completed.countDown();
        });

    gate.release();
    completed.await();

    assertThat(seen).containsExactly("null");
  }

  @Test
  void shouldNotHoldUpTheConsumerWithCodeThatIsAttachedToAResult() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    CompletableResultCode first = exporter.export(List.of(Metrics.sum("a", 1)));
    gate.awaitEntered();
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    first.whenComplete(
        () -> {
          entered.countDown();
          try {
            released.await();
          } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts it", e);
          }
        });
    gate.release();
    entered.await();

    CompletableResultCode second = exporter.export(List.of(Metrics.sum("a", 2)));

    while (exporter.statistics().points(Outcome.WRITTEN) < 2) {
      Thread.onSpinWait();
    }
    released.countDown();
    assertThat(await(second).isSuccess()).isTrue();
  }

  @Test
  void shouldCompleteAnExportBeforeAFlushThatWaitedForIt() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    for (int i = 0; i < 200; i++) {
      CompletableResultCode export = exporter.export(List.of(Metrics.sum("a", i)));
      await(exporter.flush());

      assertThat(export.isDone()).as("export %s", i).isTrue();
    }
  }

  @Test
  void shouldCompleteInTheOrderInWhichResultsWereSubmitted() throws Exception {
    Completions completions = completions();
    List<Integer> completed = new CopyOnWriteArrayList<>();
    CountDownLatch held = new CountDownLatch(1);
    assertThat(completions.begin()).isTrue();
    completions.submit(
        completion(
            () -> {
              held.await();
            }));
    for (int i = 0; i < 100; i++) {
      int number = i;
      assertThat(completions.begin()).isTrue();
      completions.submit(completion(() -> completed.add(number)));
    }

    held.countDown();
    awaitIdle(completions);

    assertThat(completed).containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    end(completions);
  }

  @Test
  void shouldGoOnAfterWhatAResultsCodeThrowsAndSayHowOftenItDid() throws Exception {
    Completions completions = completions();
    AtomicInteger completed = new AtomicInteger();

    for (int i = 0; i < 5; i++) {
      completions.begin();
      completions.submit(
          completion(
              () -> {
                throw new NoClassDefFoundError("of an application that was unloaded");
              }));
      completions.begin();
      completions.submit(
          completion(
              () -> {
                Thread.currentThread().interrupt();
                completed.incrementAndGet();
              }));
    }
    awaitIdle(completions);

    assertThat(completed).hasValue(5);
    assertThat(exporters.log(Level.WARNING))
        .singleElement()
        .asString()
        .contains("code that the application attached to a result failed");
    failures.complete();
    assertThat(exporters.log(Level.WARNING).get(1)).contains("the last of 4 failures");
    assertThat(threads).hasSize(1);
    end(completions);
  }

  @Test
  void shouldEndOnlyWhenEverythingThatWasBegunIsComplete() throws Exception {
    Completions completions = completions();
    AtomicInteger completed = new AtomicInteger();
    completions.begin();
    completions.begin();

    completions.stop();
    completions.submit(completion(completed::incrementAndGet));
    while (completed.get() == 0) {
      Thread.onSpinWait();
    }
    assertThat(threads.get(0).isAlive()).isTrue();
    completions.completeHere(completion(completed::incrementAndGet));
    threads.get(0).join();

    assertThat(completed).hasValue(2);
  }

  @Test
  void shouldStartAnotherThreadForAnExportThatCameDuringShutdown() throws Exception {
    Completions completions = completions();
    completions.begin();
    completions.stop();
    completions.completeHere(completion(() -> {}));
    threads.get(0).join();

    AtomicInteger completed = new AtomicInteger();
    assertThat(completions.begin()).isTrue();
    completions.submit(completion(completed::incrementAndGet));
    threads.get(1).join();

    assertThat(completed).hasValue(1);
    assertThat(threads).hasSize(2);
  }

  @Test
  void shouldStartAnotherThreadIfTheFirstHasDiedAndCompleteWhatThatWasGiven() throws Exception {
    Completions completions =
        new Completions(loop -> newThread(threads.isEmpty() ? () -> {} : loop), failures);
    AtomicInteger completed = new AtomicInteger();
    completions.begin();
    completions.submit(completion(completed::incrementAndGet));
    threads.get(0).join();

    assertThat(completions.begin()).isTrue();
    completions.submit(completion(completed::incrementAndGet));
    end(completions);

    assertThat(completed).hasValue(2);
    assertThat(threads).hasSize(2);
  }

  @Test
  void shouldTakeTheBeginningBackIfNoThreadCanReplaceTheOneThatHasDied() throws Exception {
    Completions completions =
        new Completions(
            loop -> {
              if (threads.isEmpty()) {
                return newThread(() -> {});
              }
              throw new OutOfMemoryError("of a test");
            },
            failures);
    completions.begin();
    completions.completeHere(completion(() -> {}));
    threads.get(0).join();

    assertThat(completions.begin()).isFalse();
    assertThat(completions.isIdle()).isTrue();
  }

  @Test
  void shouldLoseNoResultWhenManyThreadsBeginAndSubmitAtOnce() throws Exception {
    Completions completions = completions();
    AtomicInteger completed = new AtomicInteger();
    List<Thread> submitters = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread submitter =
          new Thread(
              () -> {
                for (int n = 0; n < 20_000; n++) {
                  completions.begin();
                  if (n % 3 == 0) {
                    completions.completeHere(completion(completed::incrementAndGet));
                  } else {
                    completions.submit(completion(completed::incrementAndGet));
                  }
                }
              });
      submitters.add(submitter);
      submitter.start();
    }
    for (Thread submitter : submitters) {
      submitter.join();
    }
    completions.stop();
    awaitIdle(completions);

    assertThat(completed).hasValue(80_000);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldHaveTheExportWaitIfNoThreadCanBeStarted(boolean isWritten) {
    tracepoint.answer(isWritten ? 0 : -5);
    AtomicInteger starts = new AtomicInteger();
    Completions completions =
        new Completions(
            loop -> {
              if (starts.incrementAndGet() == 1) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return newThread(loop);
            },
            failures);
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      Export export = new Export(context(pipeline, completions));
      byte[] bytes = {1, 2, 3};
      export.onRecord(new org.agrona.concurrent.UnsafeBuffer(bytes), 0, bytes.length, 1);

      export.end();

      assertThat(export.result().isDone()).isTrue();
      assertThat(export.result().isSuccess()).isEqualTo(isWritten);
      assertThat(pipeline.statistics().outcomes()).isEqualTo(1);
    }
    assertThat(exporters.log(Level.WARNING))
        .singleElement()
        .asString()
        .contains("the thread that completes results cannot be started");
    assertThat(completions.begin()).as("it is tried again").isTrue();
    completions.stop();
    completions.completeHere(completion(() -> {}));
  }

  @Test
  void shouldFailAnExportWhoseOutcomesItCannotWaitFor() throws Exception {
    Completions completions =
        new Completions(
            loop -> {
              throw new OutOfMemoryError("unable to create native thread");
            },
            failures);
    ScriptedTracepoint.Gate gate = tracepoint.block();
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      Export export = new Export(context(pipeline, completions));
      byte[] bytes = {1, 2, 3};
      export.onRecord(new org.agrona.concurrent.UnsafeBuffer(bytes), 0, bytes.length, 1);
      gate.awaitEntered();

      Thread.currentThread().interrupt();
      export.end();

      assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
      assertThat(awaitFailure(export.result())).contains("the exporting thread was interrupted");
      gate.release();
    }
  }

  private ExportContext context(RecordPipeline pipeline, Completions completions) {
    return new ExportContext(
        pipeline, 0, new ExporterCounters(), new OversizeReports(100), completions);
  }

  private Completions completions() {
    ThreadFactory factory = this::newThread;
    return new Completions(factory, failures);
  }

  private Thread newThread(Runnable loop) {
    Thread thread = new Thread(loop, "completions of a test");
    threads.add(thread);
    return thread;
  }

  private void end(Completions completions) throws InterruptedException {
    completions.stop();
    threads.get(threads.size() - 1).join();
  }

  private static void awaitIdle(Completions completions) {
    while (!completions.isIdle()) {
      Thread.onSpinWait();
    }
  }

  private static Set<Thread> completingThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(Completions.THREAD_NAME))
        .collect(Collectors.toSet());
  }

  /** Code that may throw. */
  @FunctionalInterface
  private interface Code {
    void run() throws Exception;
  }

  private static Completion completion(Code code) {
    return new Completion() {
      @Override
      void complete() {
        try {
          code.run();
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    };
  }
}
