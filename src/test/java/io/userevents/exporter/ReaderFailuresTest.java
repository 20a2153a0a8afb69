// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.userevents.internal.syscall.Errno;
import io.userevents.pipeline.Outcome;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Shows the reader's behaviour when collections, exports or callers that wait for it fail or hang.
 */
@Timeout(300)
class ReaderFailuresTest {

  private static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();
  private final UserEventsMetricExporter exporter = exporters.start(tracepoint);
  private final Source source = new Source();
  private final CapturedLog log = new CapturedLog(UserEventsMetricReader.class);

  private UserEventsMetricReader reader = reader(NEVER);

  @BeforeEach
  void detach() {
    tracepoint.enabled = false;
  }

  @AfterEach
  void shutDown() {
    tracepoint.releaseAll();
    source.release();
    await(reader.shutdown());
    log.close();
  }

  @Test
  void shouldNotCollectWhileTheLastExportIsNotWritten() throws Exception {
    reader = reader(Duration.ofMillis(1));
    ScriptedTracepoint.Gate gate = tracepoint.block();
    reader.register(source);
    tracepoint.enabled = true;
    gate.awaitEntered();

    CompletableResultCode flushed = reader.forceFlush();
    // Many intervals and polls.
    Thread.sleep(50);

    assertThat(source.collections()).isEqualTo(1);
    assertThat(flushed.isDone()).isFalse();
    gate.release();
    assertThat(await(flushed).isSuccess()).isTrue();
    source.awaitCollections(3);
  }

  @Test
  void shouldFailAFlushWithTheExportersCause() {
    reader.register(source);
    tracepoint.answer(-Errno.EFAULT.number());
    for (int i = 0; i < 20; i++) {
      tracepoint.answer(-Errno.EINVAL.number());
    }
    tracepoint.enabled = true;

    CompletableResultCode flushed = reader.forceFlush();

    assertThat(Exporters.awaitFailure(flushed)).startsWith("points were dropped: cause=dropped_");
  }

  @Test
  void shouldLogTheFirstOfManyFailuresAndGoOn() throws Exception {
    reader = reader(Duration.ofMillis(1));
    source.failure = new IllegalStateException("a producer of the application's");
    reader.register(source);
    tracepoint.enabled = true;
    source.awaitCollections(5);

    assertThat(log.messages(Level.WARNING))
        .containsExactly(
            "metrics could not be collected: correct the callback or view that the cause names");
    source.failure = null;
    awaitWritten();
    source.failure = new StackOverflowError("as well");
    source.awaitCollections(source.collections() + 5);
    assertThat(log.messages(Level.WARNING)).as("one a minute, success or not").hasSize(1);
  }

  @Test
  void shouldLogTheFailureOfTheLastExportThoughItsThreadHasEnded() throws Exception {
    tracepoint.answer(-Errno.EIO.number());
    reader.register(source);
    tracepoint.enabled = true;
    while (log.messages(Level.WARNING).isEmpty()) {
      Thread.sleep(1);
    }
    ScriptedTracepoint.Gate gate = tracepoint.block();
    tracepoint.answer(-Errno.EIO.number());
    // Holds up the consumer, and so the outcome of the last export.
    exporter.preparedPoints().build().longGauge("before").build().publish(1);
    gate.awaitEntered();

    CompletableResultCode shutdown = reader.shutdown();

    assertThat(log.messages(Level.WARNING)).as("the last has no outcome yet").hasSize(1);
    gate.release();
    assertThat(await(shutdown).isSuccess()).isTrue();
    assertThat(log.messages(Level.WARNING))
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("metrics were collected, but not all of them exported"));
  }

  @Test
  void shouldFailAFlushWhoseCollectionFails() {
    source.failure = new IllegalStateException("a producer of the application's");
    reader.register(source);
    tracepoint.enabled = true;

    assertThat(Exporters.awaitFailure(reader.forceFlush()))
        .isEqualTo("a producer of the application's");
  }

  @Test
  void shouldCompleteOtherFlushesWhenWhatIsAttachedToOneThrows() throws Exception {
    source.block();
    reader.register(source);
    tracepoint.enabled = true;
    source.awaitCollections(1);
    CompletableResultCode first = reader.forceFlush();
    CompletableResultCode second = reader.forceFlush();
    first.whenComplete(
        () -> {
          throw new AssertionError("an error of the caller");
        });

    source.release();

    assertThat(await(second).isSuccess()).isTrue();
    assertThat(first.isSuccess()).isTrue();
    assertThat(log.messages(Level.WARNING))
        .containsExactly("code that the application attached to a result failed: correct it");
  }

  @Test
  void shouldCollectAnewForAFlushDuringACollection() throws Exception {
    source.block();
    reader.register(source);
    tracepoint.enabled = true;
    source.awaitCollections(1);

    CompletableResultCode first = reader.forceFlush();
    CompletableResultCode second = reader.forceFlush();

    assertThat(first.isDone()).isFalse();
    source.release();
    assertThat(await(first).isSuccess()).isTrue();
    assertThat(await(second).isSuccess()).isTrue();
    assertThat(source.collections()).as("one for both").isEqualTo(2);
  }

  @Test
  void shouldFlushWithoutAThreadBeforeRegistrationAndAfterShutdown() {
    tracepoint.enabled = true;

    assertThat(await(reader.forceFlush()).isSuccess()).isTrue();
    reader.register(source);
    await(reader.shutdown());
    int collections = source.collections();
    assertThat(await(reader.forceFlush()).isSuccess()).isTrue();

    assertThat(source.collections()).isEqualTo(collections);
  }

  @Test
  void shouldShutDownBeforeRegistrationAndNotStartThen() {
    Set<Thread> before = readerThreads();
    assertThat(await(reader.shutdown()).isSuccess()).isTrue();

    reader.register(source);

    assertThat(reader.toString()).contains("UserEventsMetricReader{");
    assertThat(before).containsAll(readerThreads());
  }

  @Test
  void shouldReturnTheSameResultWhenShutDownAgain() {
    reader.register(source);

    CompletableResultCode first = reader.shutdown();

    assertThat(reader.shutdown()).isSameAs(first);
    assertThat(exporters.log(Level.INFO)).isEmpty();
  }

  @Test
  void shouldStartOneThreadHoweverOftenItIsRegistered() throws Exception {
    Set<Thread> before = readerThreads();
    Source other = new Source();
    reader.register(source);
    reader.register(other);
    tracepoint.enabled = true;

    assertThat(await(reader.forceFlush()).isSuccess()).isTrue();

    assertThat(readerThreads())
        .filteredOn(thread -> !before.contains(thread))
        .singleElement()
        .matches(Thread::isDaemon);
    assertThat(source.collections()).isZero();
    other.awaitCollections(1);
  }

  @Test
  void shouldShutTheExporterDownWhileACollectionHangs() throws Exception {
    source.block();
    reader.register(source);
    tracepoint.enabled = true;
    source.awaitCollections(1);

    assertThat(await(reader.shutdown()).isSuccess()).isTrue();

    assertThat(tracepoint.closed).isTrue();
    assertThat(log.messages(Level.WARNING))
        .singleElement()
        .asString()
        .startsWith("a collection has not ended after 5000 ms; the exporter is shut down");
  }

  @Test
  void shouldShutTheExporterDownAtOnceOnAThreadThatIsInterrupted() throws Exception {
    source.block();
    reader.register(source);
    tracepoint.enabled = true;
    source.awaitCollections(1);

    Thread.currentThread().interrupt();
    CompletableResultCode result = reader.shutdown();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(await(result).isSuccess()).isTrue();
    assertThat(log.messages(Level.WARNING)).isEmpty();
  }

  @Test
  void shouldExportWhatIsCollectedWhileItIsShutDown() throws Exception {
    source.block();
    reader.register(source);
    tracepoint.enabled = true;
    source.awaitCollections(1);
    CompletableResultCode flushed = reader.forceFlush();
    Thread shuttingDown = new Thread(() -> await(reader.shutdown()));
    shuttingDown.start();
    while (shuttingDown.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    source.release();
    shuttingDown.join();

    assertThat(flushed.isSuccess()).isTrue();
    assertThat(tracepoint.received.values()).containsExactly(1L, 2L);
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(2);
  }

  private UserEventsMetricReader reader(Duration interval) {
    return UserEventsMetricReader.builder(exporter)
        .setInterval(interval)
        .setAttachDelay(Duration.ZERO)
        .setPollPeriod(Duration.ofMillis(1))
        .build();
  }

  /** That of another test may be about to end, after a collection that hung. */
  private static Set<Thread> readerThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("user-events-reader"))
        .collect(Collectors.toSet());
  }

  private void awaitWritten() throws InterruptedException {
    long before = exporter.statistics().points(Outcome.WRITTEN);
    while (exporter.statistics().points(Outcome.WRITTEN) == before) {
      Thread.sleep(1);
    }
  }

  /** Gives one point at each collection: its number. */
  private static final class Source implements CollectionRegistration {

    volatile @Nullable Throwable failure;

    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean blocked;
    private volatile int collections;

    /** Collections wait from now on. */
    void block() {
      blocked = true;
    }

    void release() {
      released.countDown();
    }

    int collections() {
      return collections;
    }

    /** Waits until this many have begun. */
    void awaitCollections(int count) throws InterruptedException {
      while (collections < count) {
        Thread.sleep(1);
      }
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // By the reader's thread only.
    public Collection<MetricData> collectAllMetrics() {
      int number = ++collections;
      if (blocked) {
        awaitRelease();
      }
      Throwable thrown = failure;
      if (thrown instanceof Error error) {
        throw error;
      }
      if (thrown instanceof RuntimeException exception) {
        throw exception;
      }
      return List.of(Metrics.sum("collected", number));
    }

    private void awaitRelease() {
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new AssertionError("nobody interrupts the reader", e);
      }
    }
  }
}
