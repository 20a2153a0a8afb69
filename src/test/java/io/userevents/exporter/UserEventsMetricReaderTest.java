// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.userevents.pipeline.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When the reader collects and when it does not, with the SDK. */
@Timeout(60)
class UserEventsMetricReaderTest {

  private static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final PolledTracepoint tracepoint = new PolledTracepoint();
  private final ReceivedEvents received = new ReceivedEvents();
  private final UserEventsMetricExporter exporter = exporters.start(tracepoint);

  @Test
  void shouldRunNoCallbackWhileNobodyListens() throws Exception {
    AtomicInteger callbacks = new AtomicInteger();
    try (SdkMeterProvider provider = provider(Duration.ofMillis(1))) {
      observe(provider, callbacks::incrementAndGet);

      tracepoint.awaitPolls(100);

      assertThat(callbacks.get()).isZero();
      assertThat(exporter.statistics().exports()).isZero();
      tracepoint.attach(received);
      awaitExports(1);
      assertThat(callbacks.get()).as("with a listener").isPositive();
    }
  }

  @Test
  void shouldAllocateNothingWhileNobodyListens() throws Exception {
    try (SdkMeterProvider provider = provider(NEVER)) {
      // Once round, so that what a listener and a flush allocate is not among what follows.
      tracepoint.attach(received);
      provider.get("book").counterBuilder("orders").build().add(1);
      await(provider.forceFlush());
      tracepoint.detach();
      await(provider.forceFlush());

      IdleReader.assertAllocatesNothing(tracepoint);
    }
  }

  @Test
  void shouldCollectWithin100MillisecondsWhenAListenerAttaches() throws Exception {
    List<Long> delaysMs = new ArrayList<>();
    BlockingQueue<byte[]> events = new LinkedBlockingQueue<>();
    // With the delay and the period that are the default.
    UserEventsMetricReader reader =
        UserEventsMetricReader.builder(exporter).setInterval(NEVER).build();
    try (SdkMeterProvider provider = provider(reader)) {
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      for (int i = 0; i < 9; i++) {
        orders.add(1);
        long startNs = System.nanoTime();
        tracepoint.attach(events::add);
        assertThat(events.poll(10, TimeUnit.SECONDS)).isNotNull();
        delaysMs.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
        tracepoint.detach();
        tracepoint.awaitPolls(2);
      }
    }

    Collections.sort(delaysMs);
    // Not each: a machine that is busy with something else has pauses of its own.
    assertThat(delaysMs.get(delaysMs.size() / 2)).as("median of %s", delaysMs).isLessThan(100);
  }

  @Test
  void shouldCollectNothingForAListenerThatLeavesWithinTheDelay() throws Exception {
    UserEventsMetricReader reader =
        UserEventsMetricReader.builder(exporter)
            .setAttachDelay(Duration.ofSeconds(10))
            .setPollPeriod(Duration.ofMillis(1))
            .build();
    try (SdkMeterProvider provider = provider(reader)) {
      provider.get("book").counterBuilder("orders").build().add(1);
      for (int i = 0; i < 3; i++) {
        tracepoint.attach(received);
        tracepoint.awaitPolls(50);
        tracepoint.detach();
        tracepoint.awaitPolls(2);
      }

      assertThat(exporter.statistics().exports()).isZero();
      tracepoint.attach(received);
      while (exporter.recordingNumber() == 0) {
        Thread.sleep(1);
      }
      tracepoint.awaitPolls(2);
      assertThat(await(provider.forceFlush()).isSuccess()).isTrue();
      assertThat(received.values())
          .as("a flush does not wait for the delay of who records")
          .containsExactly(1L);
      tracepoint.detach();
    }
  }

  @Test
  void shouldWaitForAListenerThatIsAttachedUntilItRecords() throws Exception {
    AtomicInteger callbacks = new AtomicInteger();
    try (SdkMeterProvider provider = provider(NEVER)) {
      observe(provider, callbacks::incrementAndGet);
      provider.get("book").counterBuilder("orders").build().add(1);
      tracepoint.attachSlowly(received);
      awaitAttachments(1);
      CompletableResultCode flush = provider.forceFlush();
      tracepoint.awaitPolls(50);
      assertThat(callbacks.get()).isZero();
      assertThat(flush.isDone()).as("a flush waits as well").isFalse();

      tracepoint.record();

      assertThat(await(flush).isSuccess()).isTrue();
      assertThat(received.values()).containsExactly(1L);
      assertThat(exporter.statistics().exports()).as("for both").isEqualTo(1);
      tracepoint.detach();
    }
  }

  @Test
  void shouldAnswerAFlushWhenTheListenerLeavesBeforeItRecords() throws Exception {
    try (SdkMeterProvider provider = provider(NEVER)) {
      provider.get("book").counterBuilder("orders").build().add(1);
      tracepoint.attachSlowly(received);
      awaitAttachments(1);
      CompletableResultCode flush = provider.forceFlush();
      tracepoint.awaitPolls(2);

      tracepoint.detach();

      assertThat(await(flush).isSuccess()).isTrue();
      assertThat(exporter.statistics().exports()).isZero();
    }
  }

  @Test
  void shouldHoldFlushesInTheFirstFiveSecondsOfAListenerThatDoesNotRecord() throws Exception {
    try (SdkMeterProvider provider = provider(NEVER)) {
      provider.get("book").counterBuilder("orders").build().add(1);
      long startNs = System.nanoTime();
      tracepoint.attachSlowly(received);
      awaitAttachments(1);
      assertThat(await(provider.forceFlush()).isSuccess()).isTrue();
      assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(5));

      long laterNs = System.nanoTime();
      assertThat(await(provider.forceFlush()).isSuccess()).isTrue();

      assertThat(System.nanoTime() - laterNs).isLessThan(TimeUnit.SECONDS.toNanos(4));
      assertThat(exporter.statistics().exports()).isZero();
    }
    assertThat(received.values()).as("nothing for who never records, also at the end").isEmpty();
  }

  @Test
  void shouldLetAFlushThatWasHeldWaitForTheDelayAsWell() throws Exception {
    UserEventsMetricReader reader =
        UserEventsMetricReader.builder(exporter)
            .setAttachDelay(Duration.ofMillis(300))
            .setPollPeriod(Duration.ofMillis(1))
            .build();
    try (SdkMeterProvider provider = provider(reader)) {
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      orders.add(1);
      tracepoint.attachSlowly(received);
      awaitAttachments(1);
      CompletableResultCode flush = provider.forceFlush();
      tracepoint.awaitPolls(10);
      long startNs = System.nanoTime();
      tracepoint.record();

      assertThat(await(flush).isSuccess()).isTrue();

      assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(300_000_000L);
      assertThat(exporter.statistics().exports()).isEqualTo(1);
      orders.add(2);
      assertThat(await(provider.forceFlush()).isSuccess()).isTrue();
      assertThat(received.values()).as("at once from then on").containsExactly(1L, 2L);
      tracepoint.detach();
    }
  }

  @Test
  void shouldCollectNothingForAListenerThatHasEndedRecordingUntilItBeginsAgain() throws Exception {
    try (SdkMeterProvider provider = provider(Duration.ofMillis(10))) {
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      orders.add(1);
      tracepoint.attach(received);
      awaitPoints(Outcome.WRITTEN, 1);
      tracepoint.endRecording();
      awaitRecording(0);
      tracepoint.awaitPolls(2);
      orders.add(2);
      tracepoint.awaitPolls(100);
      assertThat(received.values()).containsExactly(1L);

      tracepoint.record();

      awaitPoints(Outcome.WRITTEN, 2);
      assertThat(received.values()).containsExactly(1L, 2L);
      assertThat(exporter.recordingNumber()).isEqualTo(2);
      tracepoint.detach();
    }
  }

  @Test
  void shouldCollectAtTheEndAlsoForAListenerThatDoesNotRecordYet() throws Exception {
    try (SdkMeterProvider provider = provider(NEVER)) {
      provider.get("book").counterBuilder("orders").build().add(1);
      tracepoint.attachSlowly(received);
      awaitAttachments(1);
    }

    assertThat(received.values()).containsExactly(1L);
  }

  @Test
  void shouldCollectForAListenerThatComesWhileItCollectsForAnother() throws Exception {
    CountDownLatch collecting = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (SdkMeterProvider provider = provider(NEVER)) {
      observe(
          provider,
          () -> {
            collecting.countDown();
            awaitUninterrupted(goOn);
          });
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      tracepoint.attach(event -> {});
      collecting.await();
      tracepoint.detach();
      awaitRecording(0);
      orders.add(5);
      tracepoint.attach(received);
      awaitRecording(2);

      goOn.countDown();

      awaitExports(2);
      tracepoint.detach();
    }
  }

  @Test
  void shouldCollectAtItsIntervalWhileAListenerIsAttached() throws Exception {
    Duration interval = Duration.ofMillis(40);
    tracepoint.attach(received);
    AtomicInteger callbacks = new AtomicInteger();
    try (SdkMeterProvider provider = provider(interval)) {
      observe(provider, callbacks::incrementAndGet);
      awaitExports(1);
      long startNs = System.nanoTime();
      long first = callbacks.get();
      awaitExports(11);
      long collections = callbacks.get() - first;
      long intervals = (System.nanoTime() - startNs) / interval.toNanos();

      // One is due soon after the start, and one may have been late.
      assertThat(collections).as("%s intervals", intervals).isBetween(10L, intervals + 2);
    }
  }

  @Test
  void shouldSumUpDeltasUntilTheNextListenerComes() throws Exception {
    try (SdkMeterProvider provider = provider(NEVER)) {
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      orders.add(1);
      orders.add(2);
      tracepoint.attach(received);
      awaitPoints(Outcome.WRITTEN, 1);
      tracepoint.detach();
      tracepoint.awaitPolls(2);
      orders.add(4);
      orders.add(8);
      tracepoint.awaitPolls(2);
      orders.add(16);
      tracepoint.attach(received);
      awaitPoints(Outcome.WRITTEN, 2);
      tracepoint.detach();
    }

    assertThat(received.values()).containsExactly(3L, 28L);
  }

  @Test
  void shouldCollectOnceWhileTheSameListenerStays() throws Exception {
    try (SdkMeterProvider provider = provider(NEVER)) {
      provider.get("book").counterBuilder("orders").build().add(1);
      tracepoint.attach(received);
      awaitExports(1);

      tracepoint.awaitPolls(50);

      assertThat(exporter.statistics().exports()).isEqualTo(1);
      tracepoint.detach();
    }
  }

  @Test
  void shouldCollectWhenFlushedWhileAListenerIsAttached() {
    tracepoint.attach(received);
    try (SdkMeterProvider provider = provider(NEVER)) {
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      orders.add(1);
      assertThat(await(provider.forceFlush()).isSuccess()).isTrue();
      assertThat(received.values()).containsExactly(1L);
      orders.add(2);

      assertThat(await(provider.forceFlush()).isSuccess()).isTrue();

      assertThat(received.values()).containsExactly(1L, 2L);
      tracepoint.detach();
    }
  }

  @Test
  void shouldKeepDeltasWhenFlushedWhileNobodyListens() throws Exception {
    AtomicInteger callbacks = new AtomicInteger();
    try (SdkMeterProvider provider = provider(NEVER)) {
      observe(provider, callbacks::incrementAndGet);
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      orders.add(1);

      assertThat(await(provider.forceFlush()).isSuccess()).isTrue();

      assertThat(callbacks.get()).isZero();
      orders.add(2);
      tracepoint.attach(received);
      awaitPoints(Outcome.WRITTEN, 2);
      assertThat(received.values()).containsExactly(3L);
      tracepoint.detach();
    }
  }

  @Test
  void shouldCollectForTheLastTimeWhenShutDownWhileAListenerIsAttached() throws Exception {
    tracepoint.attach(received);
    Thread reader;
    try (SdkMeterProvider provider = provider(NEVER)) {
      reader = tracepoint.awaitPolls(2);
      provider.get("book").counterBuilder("orders").build().add(7);
      assertThat(received.values()).isEmpty();
    }

    assertThat(received.values()).containsExactly(7L);
    assertThat(reader.isAlive()).isFalse();
    assertThat(exporter.export(List.of()).isSuccess()).as("shut down").isFalse();
  }

  @Test
  void shouldShutDownWithoutCollectingWhileNobodyListens() throws Exception {
    AtomicInteger callbacks = new AtomicInteger();
    SdkMeterProvider provider = provider(Duration.ofMillis(1));
    observe(provider, callbacks::incrementAndGet);
    Thread reader = tracepoint.awaitPolls(2);

    assertThat(await(provider.shutdown()).isSuccess()).isTrue();

    assertThat(callbacks.get()).isZero();
    assertThat(reader.isAlive()).isFalse();
    assertThat(exporter.export(List.of()).isSuccess()).as("shut down").isFalse();
  }

  @Test
  void shouldCountWhatWasCollectedForAListenerThatHasDetached() throws Exception {
    try (SdkMeterProvider provider = provider(NEVER)) {
      provider
          .get("book")
          .gaugeBuilder("depth")
          .ofLongs()
          .buildWithCallback(
              measurement -> {
                measurement.record(1);
                tracepoint.detach();
              });
      provider.get("book").counterBuilder("orders").build().add(1);

      tracepoint.attach(received);
      awaitPoints(Outcome.DROPPED_DETACHED, 2);

      assertThat(received.events()).isEmpty();
      assertThat(exporter.statistics().points(Outcome.WRITTEN)).isZero();
      assertThat(exporter.statistics().skippedExports()).isZero();
    }
  }

  @Test
  void shouldNotWaitForItselfWhenACallbackFlushesOrShutsDown() throws Exception {
    BlockingQueue<CompletableResultCode> results = new LinkedBlockingQueue<>();
    UserEventsMetricReader reader = reader(NEVER);
    SdkMeterProvider provider = provider(reader);
    observe(
        provider,
        () -> {
          CompletableResultCode flush = reader.forceFlush();
          assertThat(flush.isDone()).isTrue();
          results.add(flush);
          results.add(reader.shutdown());
        });
    Thread thread = tracepoint.awaitPolls(1);

    tracepoint.attach(received);

    for (int i = 0; i < 2; i++) {
      CompletableResultCode result = results.poll(10, TimeUnit.SECONDS);
      assertThat(result).isNotNull();
      boolean isShutdown = i == 1;
      assertThat(await(result).isSuccess()).isEqualTo(isShutdown);
    }
    thread.join();
    assertThat(await(provider.shutdown()).isSuccess()).isTrue();
  }

  @Test
  void shouldGoOnParkingWhenACallbackInterruptsIt() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    try (SdkMeterProvider provider = provider(NEVER)) {
      observe(
          provider,
          () -> {
            Thread.currentThread().interrupt();
            interrupted.countDown();
          });
      tracepoint.attach(received);
      interrupted.await();
      tracepoint.awaitPolls(2);

      long startNs = System.nanoTime();
      tracepoint.awaitPolls(50);

      // One a millisecond at most.
      assertThat(System.nanoTime() - startNs).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(45));
      tracepoint.detach();
    }
  }

  private SdkMeterProvider provider(Duration interval) {
    return provider(reader(interval));
  }

  private static SdkMeterProvider provider(UserEventsMetricReader reader) {
    return SdkMeterProvider.builder().registerMetricReader(reader).build();
  }

  private UserEventsMetricReader reader(Duration interval) {
    return UserEventsMetricReader.builder(exporter)
        .setInterval(interval)
        .setAttachDelay(Duration.ZERO)
        .setPollPeriod(Duration.ofMillis(1))
        .build();
  }

  private static void observe(SdkMeterProvider provider, Runnable callback) {
    Meter meter = provider.get("book");
    meter
        .gaugeBuilder("observed")
        .ofLongs()
        .buildWithCallback(
            measurement -> {
              callback.run();
              measurement.record(1);
            });
  }

  private void awaitExports(long count) throws InterruptedException {
    while (exporter.statistics().exports() < count) {
      Thread.sleep(1);
    }
  }

  private void awaitRecording(long number) throws InterruptedException {
    while (exporter.recordingNumber() != number) {
      Thread.sleep(1);
    }
  }

  private void awaitAttachments(long count) throws InterruptedException {
    while (exporter.statistics().pipeline().attachments() < count) {
      Thread.sleep(1);
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the reader", e);
    }
  }

  private void awaitPoints(Outcome outcome, long points) throws InterruptedException {
    while (exporter.statistics().points(outcome) < points) {
      Thread.sleep(1);
    }
  }
}
