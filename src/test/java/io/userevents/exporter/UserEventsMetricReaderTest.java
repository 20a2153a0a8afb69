// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.metrics.LongCounter;
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
@Timeout(300)
class UserEventsMetricReaderTest {

  private static final Duration NEVER = ReaderScenario.NEVER;

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final PolledTracepoint tracepoint = new PolledTracepoint();
  private final ReceivedEvents received = new ReceivedEvents();
  private final ReaderScenario scenario = new ReaderScenario(exporters.start(tracepoint));

  @Test
  void shouldRunNoCallbackWhileNobodyListens() throws Exception {
    AtomicInteger callbacks = new AtomicInteger();
    try (SdkMeterProvider provider = scenario.provider(Duration.ofMillis(1))) {
      ReaderScenario.observe(provider, callbacks::incrementAndGet);

      tracepoint.awaitPolls(100);

      assertThat(callbacks.get()).isZero();
      assertThat(scenario.exporter.statistics().exports()).isZero();
      tracepoint.attach(received);
      scenario.awaitExports(1);
      assertThat(callbacks.get()).as("with a listener").isPositive();
    }
  }

  @Test
  void shouldAllocateNothingWhileNobodyListens() throws Exception {
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
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
  void shouldCollectWithinFivePollsWhenAListenerAttaches() throws Exception {
    List<Long> polls = new ArrayList<>();
    BlockingQueue<Long> written = new LinkedBlockingQueue<>();
    // With the delay and the period that are the default.
    UserEventsMetricReader reader =
        UserEventsMetricReader.builder(scenario.exporter).setInterval(NEVER).build();
    try (SdkMeterProvider provider = ReaderScenario.provider(reader)) {
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      for (int i = 0; i < 9; i++) {
        orders.add(1);
        long before = tracepoint.polls();
        tracepoint.attach(event -> written.add(tracepoint.polls()));
        Long after = written.poll(60, TimeUnit.SECONDS);
        assertThat(after).as("not written within a minute").isNotNull();
        polls.add(after - before);
        tracepoint.detach();
        tracepoint.awaitPolls(2);
      }
    }

    Collections.sort(polls);
    // 20 ms lie between two of them. Not each: a machine that is busy with something else may run
    // the reader and not the consumer.
    assertThat(polls.get(polls.size() / 2)).as("median of %s", polls).isLessThanOrEqualTo(5);
  }

  @Test
  void shouldCollectNothingForAListenerThatLeavesWithinTheDelay() throws Exception {
    UserEventsMetricReader reader =
        UserEventsMetricReader.builder(scenario.exporter)
            .setAttachDelay(Duration.ofSeconds(10))
            .setPollPeriod(Duration.ofMillis(1))
            .build();
    try (SdkMeterProvider provider = ReaderScenario.provider(reader)) {
      provider.get("book").counterBuilder("orders").build().add(1);
      for (int i = 0; i < 3; i++) {
        tracepoint.attach(received);
        tracepoint.awaitPolls(50);
        tracepoint.detach();
        tracepoint.awaitPolls(2);
      }

      assertThat(scenario.exporter.statistics().exports()).isZero();
      tracepoint.attach(received);
      while (scenario.exporter.recordingNumber() == 0) {
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
  void shouldCollectAtItsIntervalWhileAListenerIsAttached() throws Exception {
    Duration interval = Duration.ofMillis(40);
    tracepoint.attach(received);
    AtomicInteger callbacks = new AtomicInteger();
    try (SdkMeterProvider provider = scenario.provider(interval)) {
      ReaderScenario.observe(provider, callbacks::incrementAndGet);
      scenario.awaitExports(1);
      long startNs = System.nanoTime();
      long first = callbacks.get();
      while (callbacks.get() < first + 10) {
        Thread.sleep(1);
      }
      long collections = callbacks.get() - first;
      long intervals = (System.nanoTime() - startNs) / interval.toNanos();

      // One is due soon after the start, and one may have been late.
      assertThat(collections).isLessThanOrEqualTo(intervals + 2);
    }
  }

  @Test
  void shouldSumUpDeltasUntilTheNextListenerComes() throws Exception {
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      orders.add(1);
      orders.add(2);
      tracepoint.attach(received);
      scenario.awaitPoints(Outcome.WRITTEN, 1);
      tracepoint.detach();
      tracepoint.awaitPolls(2);
      orders.add(4);
      orders.add(8);
      tracepoint.awaitPolls(2);
      orders.add(16);
      tracepoint.attach(received);
      scenario.awaitPoints(Outcome.WRITTEN, 2);
      tracepoint.detach();
    }

    assertThat(received.values()).containsExactly(3L, 28L);
  }

  @Test
  void shouldCollectOnceWhileTheSameListenerStays() throws Exception {
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
      provider.get("book").counterBuilder("orders").build().add(1);
      tracepoint.attach(received);
      scenario.awaitExports(1);

      tracepoint.awaitPolls(50);

      assertThat(scenario.exporter.statistics().exports()).isEqualTo(1);
      tracepoint.detach();
    }
  }

  @Test
  void shouldCollectWhenFlushedWhileAListenerIsAttached() {
    tracepoint.attach(received);
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
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
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
      ReaderScenario.observe(provider, callbacks::incrementAndGet);
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      orders.add(1);

      assertThat(await(provider.forceFlush()).isSuccess()).isTrue();

      assertThat(callbacks.get()).isZero();
      orders.add(2);
      tracepoint.attach(received);
      scenario.awaitPoints(Outcome.WRITTEN, 2);
      assertThat(received.values()).containsExactly(3L);
      tracepoint.detach();
    }
  }

  @Test
  void shouldCollectForTheLastTimeWhenShutDownWhileAListenerIsAttached() throws Exception {
    tracepoint.attach(received);
    Thread reader;
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
      // Until it has collected for the listener.
      scenario.awaitRecording(1);
      reader = tracepoint.awaitPolls(2);
      provider.get("book").counterBuilder("orders").build().add(7);
      assertThat(received.values()).isEmpty();
    }

    assertThat(received.values()).containsExactly(7L);
    assertThat(reader.isAlive()).isFalse();
    assertThat(scenario.exporter.export(List.of()).isSuccess()).as("shut down").isFalse();
  }

  @Test
  void shouldShutDownWithoutCollectingWhileNobodyListens() throws Exception {
    AtomicInteger callbacks = new AtomicInteger();
    SdkMeterProvider provider = scenario.provider(Duration.ofMillis(1));
    ReaderScenario.observe(provider, callbacks::incrementAndGet);
    Thread reader = tracepoint.awaitPolls(2);

    assertThat(await(provider.shutdown()).isSuccess()).isTrue();

    assertThat(callbacks.get()).isZero();
    assertThat(reader.isAlive()).isFalse();
    assertThat(scenario.exporter.export(List.of()).isSuccess()).as("shut down").isFalse();
  }

  @Test
  void shouldCountWhatWasCollectedForAListenerThatHasDetached() throws Exception {
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
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
      scenario.awaitPoints(Outcome.DROPPED_DETACHED, 2);

      assertThat(received.events()).isEmpty();
      assertThat(scenario.exporter.statistics().points(Outcome.WRITTEN)).isZero();
      assertThat(scenario.exporter.statistics().skippedExports()).isZero();
    }
  }

  @Test
  void shouldNotWaitForItselfWhenACallbackFlushesOrShutsDown() throws Exception {
    BlockingQueue<CompletableResultCode> results = new LinkedBlockingQueue<>();
    UserEventsMetricReader reader = scenario.reader(NEVER);
    SdkMeterProvider provider = ReaderScenario.provider(reader);
    ReaderScenario.observe(
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
      CompletableResultCode result = results.poll(60, TimeUnit.SECONDS);
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
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
      ReaderScenario.observe(
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
}
