// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.userevents.pipeline.Outcome;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Collections that the reader makes while nobody listens. */
@Timeout(300)
class ReaderIdleCollectionTest {

  private static final Duration NEVER = ReaderScenario.NEVER;
  private static final Duration OFTEN = Duration.ofMillis(1);
  private static final AttributeKey<Long> SESSION = AttributeKey.longKey("session");

  /** More than the SDK keeps of an instrument. */
  private static final int ENDED = 5_000;

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final PolledTracepoint tracepoint = new PolledTracepoint();
  private final ReceivedEvents received = new ReceivedEvents();
  private final CapturedLog log = new CapturedLog(UserEventsMetricReader.class);

  @AfterEach
  void closeLog() {
    log.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldGiveAListenerTheSeriesThatAreAliveAndNoOverflow(MemoryMode memoryMode)
      throws Exception {
    ReaderScenario scenario = start(UserEventsMetricExporter.builder().setMemoryMode(memoryMode));
    UserEventsMetricReader reader = scenario.reader(Duration.ofMillis(10), Duration.ofMillis(300));
    try (SdkMeterProvider provider = ReaderScenario.provider(reader)) {
      LongCounter counter = provider.get("book").counterBuilder("orders").build();
      for (long session = 0; session < ENDED; session++) {
        counter.add(1, Attributes.of(SESSION, session));
      }
      // All that the SDK has kept, in one collection or two.
      while (scenario.exporter.statistics().discardedPoints() < 2_000) {
        Thread.sleep(1);
      }
      // The first of the two may be under way already.
      long before = scenario.exporter.statistics().discardedCollections();
      scenario.awaitDiscardedCollections(before + 2);

      tracepoint.attach(received);
      // For several collections, as the SDK takes its maps by turns. Fewer for each than the SDK
      // keeps, however long it takes.
      long session = ENDED;
      for (int exports = 1; exports <= 8; exports++) {
        for (int i = 0; i < 10; i++) {
          counter.add(1, Attributes.of(SESSION, session));
          session++;
        }
        scenario.awaitExports(exports);
      }
      tracepoint.detach();
    }

    assertThat(received.metrics())
        .isNotEmpty()
        .flatExtracting(metric -> metric.getSum().getDataPointsList())
        .flatExtracting(point -> point.getAttributesList())
        .allSatisfy(ReaderIdleCollectionTest::assertAlive);
  }

  private static void assertAlive(KeyValue attribute) {
    assertThat(attribute.getKey()).isEqualTo(SESSION.getKey());
    assertThat(attribute.getValue().getIntValue()).isGreaterThanOrEqualTo(ENDED);
  }

  @Test
  void shouldCountWhatItDiscardsAndSayItOnce() throws Exception {
    ReaderScenario scenario = start(UserEventsMetricExporter.builder());
    AtomicInteger callbacks = new AtomicInteger();
    try (SdkMeterProvider provider = ReaderScenario.provider(scenario.reader(NEVER, OFTEN))) {
      ReaderScenario.observe(provider, callbacks::incrementAndGet);
      while (scenario.exporter.statistics().discardedPoints() < 5) {
        Thread.sleep(1);
      }
    }

    ExporterStatistics statistics = scenario.exporter.statistics();
    assertThat(statistics.discardedPoints()).isEqualTo(callbacks.get());
    // Some before there was a callback.
    assertThat(statistics.discardedCollections()).isGreaterThanOrEqualTo(callbacks.get());
    assertThat(statistics.exports()).isZero();
    assertThat(statistics.toString())
        .contains(", discardedCollections=" + statistics.discardedCollections())
        .contains(", discardedPoints=" + statistics.discardedPoints());
    assertThat(log.messages(Level.INFO))
        .singleElement()
        .asString()
        .startsWith("nobody listens: points=1 were collected and discarded");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldLeaveAnIntervalBetweenCollectionsAlsoIfTheyFail(boolean isFailing) throws Exception {
    ReaderScenario scenario = start(UserEventsMetricExporter.builder());
    AtomicInteger collections = new AtomicInteger();
    UserEventsMetricReader reader = scenario.reader(NEVER, Duration.ofMillis(50));
    long startNs = System.nanoTime();
    reader.register(
        new CollectionRegistration() {
          @Override
          public Collection<MetricData> collectAllMetrics() {
            collections.incrementAndGet();
            if (isFailing) {
              throw new IllegalStateException("a producer of the application's");
            }
            return List.of();
          }
        });
    while (collections.get() < 5) {
      Thread.sleep(1);
    }
    int collected = collections.get();
    long intervals = (System.nanoTime() - startNs) / Duration.ofMillis(50).toNanos();

    assertThat(collected).isLessThanOrEqualTo((int) intervals);
    assertThat(await(reader.shutdown()).isSuccess()).isTrue();
    assertThat(scenario.exporter.statistics().discardedCollections())
        .as("also those that failed after they had taken deltas")
        .isEqualTo(collections.get());
    assertThat(scenario.exporter.statistics().discardedPoints()).isZero();
    assertThat(log.messages(Level.WARNING).isEmpty()).isNotEqualTo(isFailing);
    assertThat(log.messages(Level.WARNING))
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("metrics could not be collected while nobody listens")
                    .contains("discardedCollections"));
  }

  @Test
  void shouldExportWhatItCollectsWhileAListenerAttaches() throws Exception {
    ReaderScenario scenario = start(UserEventsMetricExporter.builder());
    try (SdkMeterProvider provider = ReaderScenario.provider(scenario.reader(NEVER, OFTEN))) {
      attachInCallback(provider, () -> tracepoint.attach(received));

      scenario.awaitPoints(Outcome.WRITTEN, 1);

      assertThat(received.metric("orders").getSum().getDataPoints(0).getAsInt()).isEqualTo(7);
      scenario.awaitExports(2);
      tracepoint.detach();
      tracepoint.awaitPolls(2);
    }
  }

  @Test
  void shouldKeepWhatItCollectsForAListenerUntilItRecords() throws Exception {
    ReaderScenario scenario = start(UserEventsMetricExporter.builder());
    try (SdkMeterProvider provider = ReaderScenario.provider(scenario.reader(NEVER, OFTEN))) {
      attachInCallback(provider, () -> tracepoint.attachSlowly(received));
      scenario.awaitAttachments(1);
      tracepoint.awaitPolls(20);
      assertThat(received.events()).isEmpty();

      tracepoint.record();

      scenario.awaitPoints(Outcome.WRITTEN, 1);
      assertThat(received.metric("orders").getSum().getDataPoints(0).getAsInt()).isEqualTo(7);
      tracepoint.detach();
    }
  }

  @Test
  void shouldExportWhatItKeepsWhenShutDownBeforeTheListenerRecords() throws Exception {
    ReaderScenario scenario = start(UserEventsMetricExporter.builder());
    try (SdkMeterProvider provider = ReaderScenario.provider(scenario.reader(NEVER, OFTEN))) {
      attachInCallback(provider, () -> tracepoint.attachSlowly(received));
      scenario.awaitAttachments(1);
      tracepoint.awaitPolls(2);
    }

    assertThat(received.metric("orders").getSum().getDataPoints(0).getAsInt()).isEqualTo(7);
  }

  @Test
  void shouldDiscardWhatItKeepsWhenTheListenerLeavesBeforeItRecords() throws Exception {
    ReaderScenario scenario = start(UserEventsMetricExporter.builder());
    UserEventsMetricReader reader = scenario.reader(NEVER, Duration.ofMillis(200));
    try (SdkMeterProvider provider = ReaderScenario.provider(reader)) {
      attachInCallback(provider, () -> tracepoint.attachSlowly(received));
      scenario.awaitAttachments(1);
      long before = scenario.exporter.statistics().discardedPoints();
      tracepoint.detach();

      scenario.awaitDiscardedCollections(scenario.exporter.statistics().discardedCollections() + 1);

      // The counter and what calls back.
      assertThat(scenario.exporter.statistics().discardedPoints())
          .isGreaterThanOrEqualTo(before + 2);
      assertThat(scenario.exporter.statistics().exports()).isZero();
    }
    assertThat(received.events()).isEmpty();
  }

  @Test
  void shouldCollectForNobodyAlsoWhileAListenerDoesNotRecord() throws Exception {
    ReaderScenario scenario = start(UserEventsMetricExporter.builder());
    try (SdkMeterProvider provider = ReaderScenario.provider(scenario.reader(NEVER, OFTEN))) {
      tracepoint.attachSlowly(received);
      scenario.awaitAttachments(1);
      ReaderScenario.observe(provider, () -> {});
      long before = scenario.exporter.statistics().discardedPoints();

      // Once it is no longer expected to, 5 s after it attached.
      while (scenario.exporter.statistics().discardedPoints() < before + 2) {
        Thread.sleep(1);
      }

      assertThat(scenario.exporter.statistics().exports()).isZero();
      tracepoint.detach();
    }
  }

  @Test
  void shouldNotCollectForNobodyWhereSeriesNeverEnd() throws Exception {
    ReaderScenario scenario =
        start(
            UserEventsMetricExporter.builder()
                .setAggregationTemporalitySelector(
                    AggregationTemporalitySelector.alwaysCumulative()));
    AtomicInteger callbacks = new AtomicInteger();
    try (SdkMeterProvider provider = ReaderScenario.provider(scenario.reader(NEVER, OFTEN))) {
      ReaderScenario.observe(provider, callbacks::incrementAndGet);

      tracepoint.awaitPolls(100);
    }

    assertThat(callbacks.get()).isZero();
    assertThat(scenario.exporter.statistics().discardedCollections()).isZero();
  }

  @Test
  void shouldAllocateNothingBetweenCollectionsForNobody() throws Exception {
    ReaderScenario scenario = start(UserEventsMetricExporter.builder());
    UserEventsMetricReader reader = scenario.reader(NEVER, Duration.ofMinutes(5));
    try (SdkMeterProvider provider = ReaderScenario.provider(reader)) {
      provider.get("book").counterBuilder("orders").build().add(1);
      // The thread has allocated something by then, or the check would not believe the count.
      await(provider.forceFlush());

      IdleReader.assertAllocatesNothing(tracepoint);
    }
  }

  private ReaderScenario start(UserEventsMetricExporterBuilder builder) {
    return new ReaderScenario(exporters.start(builder.setTracepoint(tracepoint)));
  }

  /** A callback that attaches at its first call, and a counter that has counted 7 before. */
  private static void attachInCallback(SdkMeterProvider provider, Runnable attach) {
    LongCounter orders = provider.get("book").counterBuilder("orders").build();
    AtomicInteger calls = new AtomicInteger();
    ReaderScenario.observe(
        provider,
        () -> {
          if (calls.incrementAndGet() == 1) {
            orders.add(7);
            attach.run();
          }
        });
  }
}
