// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricReader;
import io.userevents.pipeline.Outcome;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application that collects once a minute, and perf that listens for a much shorter time. */
@Tag("kernel")
final class ReaderTest {

  private static final Attributes ATTRIBUTES = Attributes.of(AttributeKey.stringKey("k"), "v");

  @RegisterExtension final Exporters exporters = new Exporters();

  private final UserEventsMetricExporter exporter = exporters.create();
  private final AtomicInteger collections = new AtomicInteger();

  /** On their first run, perf and this JVM read their programs for seconds. */
  @BeforeEach
  void warmUp() throws Exception {
    PerfReader perf = PerfReader.start();
    try (SdkMeterProvider provider = TestSdk.create(exporters.create())) {
      AllInstruments.record(provider.get("warm-up"));
      TestSdk.flush(provider);
    }
    perf.end();
    Tracing.await("detachment", () -> !exporter.isAttached());
  }

  @Test
  void shouldShowEveryInstrumentToAListenerThatIsThereForOneCollection() throws Exception {
    long earliestNs = nowNs();
    List<Metric> expectedMetrics = AllInstruments.expected();
    try (SdkMeterProvider provider = provider()) {
      AllInstruments.record(provider.get("trading"));

      long points = expectedMetrics.stream().mapToLong(ReaderTest::points).sum();
      List<TimedEvent> events = listen(provider, points);

      Map<String, Metric> byName = new LinkedHashMap<>();
      Times times = new Times(earliestNs, nowNs());
      for (Metric metric : Received.metrics(TimedEvent.inOrder(events))) {
        byName.merge(metric.getName(), times.checkAndRemove(metric), Received::join);
      }
      for (Metric expected : expectedMetrics) {
        Metric metric = byName.remove(expected.getName());
        assertThat(metric).as(expected.getName()).isNotNull();
        assertThat(Received.sorted(metric)).isEqualTo(Received.sorted(expected));
      }
      assertThat(byName).as("metrics that were not recorded").isEmpty();
      assertThat(exporter.statistics().exports()).as("in the first of 60 s").isEqualTo(1);
    }
  }

  @Test
  void shouldDeliverDeltasThatAddUpToTheTotalHoweverOftenSomebodyListens() throws Exception {
    try (SdkMeterProvider provider = provider()) {
      LongCounter counter = provider.get("trading").counterBuilder("orders").build();
      FutureTask<Long> recording = new FutureTask<>(() -> record(counter));
      Thread thread = new Thread(recording);
      thread.start();
      long received = 0;
      for (int i = 0; i < 3; i++) {
        List<Long> deltas = deltas(listen(provider, i + 1));
        assertThat(deltas).as("deltas of attachment %s", i).hasSize(1);
        received += deltas.get(0);
      }
      thread.interrupt();
      long total = recording.get();
      assertThat(received).isPositive();
      assertThat(exporter.statistics().exports()).isEqualTo(3);

      // The next listener gets the measurements that were recorded since. The listener after it
      // gets none.
      List<Long> rest = deltas(listen(provider, 4));

      assertThat(rest).hasSize(1);
      assertThat(received + rest.get(0)).isEqualTo(total);
      assertThat(deltas(listen(provider, 4))).isEmpty();
      assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(4);
      assertThat(exporter.statistics().skippedExports()).isZero();
    }
  }

  /**
   * Lets perf listen until metrics were collected for it and a given number of points is written in
   * total, and checks that the first events came without a wait.
   */
  private List<TimedEvent> listen(SdkMeterProvider provider, long points) throws Exception {
    FutureTask<Long> attachment = new FutureTask<>(this::awaitAttachment);
    new Thread(attachment).start();
    int before = collections.get();
    long writtenBefore = writtenPoints();
    PerfReader perf = PerfReader.startSlowly();
    Tracing.await("collection", () -> collections.get() > before);
    Tracing.await("points", () -> writtenPoints() >= points);
    if (points == writtenBefore) {
      // The collection continues after the callback that counts it. A flush waits for its end.
      TestSdk.flush(provider);
    }
    List<TimedEvent> events = perf.endTimed();
    Tracing.await("detachment", () -> !exporter.isAttached());
    long attachedNs = attachment.get();
    for (TimedEvent event : events) {
      assertThat(event.timestampNs() - attachedNs)
          .as("ns from the attachment to an event")
          .isNotNegative();
    }
    return events;
  }

  /** Returns the time at which the listener had attached, by perf's clock, at most 1 ms late. */
  private long awaitAttachment() throws InterruptedException {
    while (!exporter.isAttached()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    return System.nanoTime();
  }

  /** Adds 1 again and again until the thread is interrupted; returns the total. */
  private static long record(LongCounter counter) {
    long total = 0;
    while (!Thread.interrupted()) {
      counter.add(1, ATTRIBUTES);
      total++;
      if (total % 100 == 0) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    return total;
  }

  private static List<Long> deltas(List<TimedEvent> events) throws Exception {
    return Received.metrics(TimedEvent.inOrder(events)).stream()
        .flatMap(metric -> metric.getSum().getDataPointsList().stream())
        .map(point -> point.getAsInt())
        .toList();
  }

  private long writtenPoints() {
    return exporter.statistics().points(Outcome.WRITTEN);
  }

  private static int points(Metric metric) {
    return metric.getGauge().getDataPointsCount()
        + metric.getSum().getDataPointsCount()
        + metric.getHistogram().getDataPointsCount()
        + metric.getExponentialHistogram().getDataPointsCount()
        + metric.getSummary().getDataPointsCount();
  }

  /** Creates a provider that counts its collections and collects once a minute. */
  private SdkMeterProvider provider() {
    SdkMeterProvider provider = sdk();
    // Without a measurement there is no metric.
    provider
        .get("collections")
        .gaugeBuilder("collections")
        .buildWithCallback(measurement -> collections.incrementAndGet());
    return provider;
  }

  private SdkMeterProvider sdk() {
    return SdkMeterProvider.builder()
        .registerMetricReader(UserEventsMetricReader.create(exporter))
        .registerView(
            InstrumentSelector.builder().setName(AllInstruments.EXPONENTIAL).build(),
            View.builder().setAggregation(Aggregation.base2ExponentialBucketHistogram()).build())
        .build();
  }

  private static long nowNs() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}
