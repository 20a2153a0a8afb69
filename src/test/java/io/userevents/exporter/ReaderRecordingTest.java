// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.userevents.pipeline.Outcome;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The reader waits for listeners that are attached and do not record, or not yet. */
@Timeout(300)
class ReaderRecordingTest {

  private static final Duration NEVER = ReaderScenario.NEVER;

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final PolledTracepoint tracepoint = new PolledTracepoint();
  private final ReceivedEvents received = new ReceivedEvents();
  private final ReaderScenario scenario = new ReaderScenario(exporters.start(tracepoint));

  @Test
  void shouldWaitForAListenerThatIsAttachedUntilItRecords() throws Exception {
    AtomicInteger callbacks = new AtomicInteger();
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
      ReaderScenario.observe(provider, callbacks::incrementAndGet);
      provider.get("book").counterBuilder("orders").build().add(1);
      tracepoint.attachSlowly(received);
      scenario.awaitAttachments(1);
      CompletableResultCode flush = provider.forceFlush();
      tracepoint.awaitPolls(50);
      assertThat(callbacks.get()).isZero();
      assertThat(flush.isDone()).as("a flush waits as well").isFalse();

      tracepoint.record();

      assertThat(await(flush).isSuccess()).isTrue();
      assertThat(received.values()).containsExactly(1L);
      assertThat(scenario.exporter.statistics().exports()).as("for both").isEqualTo(1);
      tracepoint.detach();
    }
  }

  @Test
  void shouldAnswerAFlushWhenTheListenerLeavesBeforeItRecords() throws Exception {
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
      provider.get("book").counterBuilder("orders").build().add(1);
      tracepoint.attachSlowly(received);
      scenario.awaitAttachments(1);
      CompletableResultCode flush = provider.forceFlush();
      tracepoint.awaitPolls(2);

      tracepoint.detach();

      assertThat(await(flush).isSuccess()).isTrue();
      assertThat(scenario.exporter.statistics().exports()).isZero();
    }
  }

  @Test
  void shouldHoldFlushesInTheFirstFiveSecondsOfAListenerThatDoesNotRecord() throws Exception {
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
      provider.get("book").counterBuilder("orders").build().add(1);
      long startNs = System.nanoTime();
      tracepoint.attachSlowly(received);
      scenario.awaitAttachments(1);
      long heldPolls = pollsUntilFlushed(provider);
      assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(5));

      // In polls, which a busy machine makes rarer for both.
      assertThat(pollsUntilFlushed(provider)).as("not held again").isLessThan(heldPolls / 10);
      assertThat(scenario.exporter.statistics().exports()).isZero();
    }
    assertThat(received.values()).as("nothing for who never records, also at the end").isEmpty();
  }

  @Test
  void shouldLetAFlushThatWasHeldWaitForTheDelayAsWell() throws Exception {
    UserEventsMetricReader reader =
        UserEventsMetricReader.builder(scenario.exporter)
            .setAttachDelay(Duration.ofMillis(300))
            .setPollPeriod(Duration.ofMillis(1))
            .build();
    try (SdkMeterProvider provider = ReaderScenario.provider(reader)) {
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      orders.add(1);
      tracepoint.attachSlowly(received);
      scenario.awaitAttachments(1);
      CompletableResultCode flush = provider.forceFlush();
      tracepoint.awaitPolls(10);
      long startNs = System.nanoTime();
      tracepoint.record();

      assertThat(await(flush).isSuccess()).isTrue();

      assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(300_000_000L);
      assertThat(scenario.exporter.statistics().exports()).isEqualTo(1);
      orders.add(2);
      assertThat(await(provider.forceFlush()).isSuccess()).isTrue();
      assertThat(received.values()).as("at once from then on").containsExactly(1L, 2L);
      tracepoint.detach();
    }
  }

  @Test
  void shouldCollectNothingForAListenerThatHasEndedRecordingUntilItBeginsAgain() throws Exception {
    try (SdkMeterProvider provider = scenario.provider(Duration.ofMillis(10))) {
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      orders.add(1);
      tracepoint.attach(received);
      scenario.awaitPoints(Outcome.WRITTEN, 1);
      tracepoint.endRecording();
      scenario.awaitRecording(0);
      tracepoint.awaitPolls(2);
      orders.add(2);
      tracepoint.awaitPolls(100);
      assertThat(received.values()).containsExactly(1L);

      tracepoint.record();

      scenario.awaitPoints(Outcome.WRITTEN, 2);
      assertThat(received.values()).containsExactly(1L, 2L);
      assertThat(scenario.exporter.recordingNumber()).isEqualTo(2);
      tracepoint.detach();
    }
  }

  @Test
  void shouldCollectAtTheEndAlsoForAListenerThatDoesNotRecordYet() throws Exception {
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
      provider.get("book").counterBuilder("orders").build().add(1);
      tracepoint.attachSlowly(received);
      scenario.awaitAttachments(1);
    }

    assertThat(received.values()).containsExactly(1L);
  }

  @Test
  void shouldCollectForAListenerThatComesWhileItCollectsForAnother() throws Exception {
    CountDownLatch collecting = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (SdkMeterProvider provider = scenario.provider(NEVER)) {
      ReaderScenario.observe(
          provider,
          () -> {
            collecting.countDown();
            awaitUninterrupted(goOn);
          });
      LongCounter orders = provider.get("book").counterBuilder("orders").build();
      tracepoint.attach(event -> {});
      collecting.await();
      tracepoint.detach();
      scenario.awaitRecording(0);
      orders.add(5);
      tracepoint.attach(received);
      scenario.awaitRecording(2);

      goOn.countDown();

      scenario.awaitExports(2);
      tracepoint.detach();
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the reader", e);
    }
  }

  /** How often the reader has looked until it completed a flush, which succeeds. */
  private long pollsUntilFlushed(SdkMeterProvider provider) {
    AtomicLong completed = new AtomicLong();
    CompletableResultCode flush = provider.forceFlush();
    // From now on, as this thread may be held up before, while the reader goes on.
    long before = tracepoint.polls();
    flush.whenComplete(() -> completed.set(tracepoint.polls()));
    assertThat(await(flush).isSuccess()).isTrue();
    while (completed.get() == 0) {
      Thread.onSpinWait();
    }
    return completed.get() - before;
  }
}
