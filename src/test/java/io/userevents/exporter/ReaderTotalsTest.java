// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads record while a listener comes and goes: what it received, what the SDK has kept, what was
 * collected for a listener that had just gone, and what was discarded while nobody listened are
 * together what was recorded.
 *
 * <p>{@code -Dreader.seconds=N} says for how long, 5 unless given.
 */
class ReaderTotalsTest {

  private static final int THREADS = 24;
  private static final int SERIES = 1000;
  private static final int BURST = 100;
  private static final long DEFAULT_SECONDS = 5;
  private static final AttributeKey<Long> KEY = AttributeKey.longKey("series");

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
  private final Attributes[] attributes = new Attributes[SERIES];
  private final Collections collections = new Collections();
  private volatile boolean isRecording = true;

  @ParameterizedTest
  @ValueSource(longs = {0, 20})
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldAccountForEveryMeasurementWhileAListenerComesAndGoes(long idleIntervalMs)
      throws Exception {
    long seconds = Long.getLong("reader.seconds", DEFAULT_SECONDS);
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    Arrays.setAll(attributes, i -> Attributes.of(KEY, (long) i));
    // Room for several collections of records, since one that is refused would be no fault.
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder().setTracepoint(tracepoint).setRingSlots(1024));
    ObservedReader reader = new ObservedReader(exporter, Duration.ofMillis(idleIntervalMs));
    SdkMeterProvider provider =
        SdkMeterProvider.builder().registerMetricReader(reader, kind -> 2 * SERIES).build();
    LongCounter counter = provider.get("totals").counterBuilder("recorded").build();
    long[] recorded = new long[SERIES];
    int attachments = 0;
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<long[]>> recording = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int seed = thread;
        recording.add(executor.submit(() -> record(counter, new Random(seed))));
      }
      Random random = new Random(1);
      while (System.nanoTime() - endNs < 0) {
        // From too short to be noticed to several intervals.
        tracepoint.attach(collections::receive);
        attachments++;
        TimeUnit.MILLISECONDS.sleep(random.nextInt(250));
        tracepoint.detach();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(150));
      }
      isRecording = false;
      for (Future<long[]> one : recording) {
        add(recorded, one.get());
      }
    } finally {
      isRecording = false;
      executor.shutdownNow();
    }
    // Without a last collection, since nobody listens.
    assertThat(await(provider.shutdown()).isSuccess()).isTrue();
    int collected = collections.count();
    long[] neverCollected = reader.collectTheRest();

    ExporterStatistics statistics = exporter.statistics();
    long[] accounted = neverCollected.clone();
    add(accounted, collections.received);
    add(accounted, collections.notReceived());
    System.out.println(
        "reader totals: attachments="
            + attachments
            + " collections="
            + collected
            + " recorded="
            + sum(recorded)
            + " received="
            + sum(collections.received)
            + " neverCollected="
            + sum(neverCollected)
            + " notReceived="
            + sum(collections.notReceived())
            + " "
            + statistics);
    assertThat(sum(accounted)).isEqualTo(sum(recorded));
    assertThat(IntStream.range(0, SERIES).filter(i -> accounted[i] != recorded[i]))
        .as("series with another total")
        .isEmpty();
    // Points that were collected and not received are those that had no listener, or lost him.
    assertThat(collections.pointsReceived).isEqualTo(statistics.points(Outcome.WRITTEN));
    assertThat(collections.pointsNotReceived())
        .isEqualTo(statistics.points(Outcome.DROPPED_DETACHED) + statistics.discardedPoints());
    assertThat(collections.wrong).isEmpty();
    // Otherwise the test shows less than it seems to.
    assertThat(collected).isGreaterThan(5);
    if (idleIntervalMs == 0) {
      assertThat(sum(collections.received)).isGreaterThan(sum(recorded) / 2);
      assertThat(statistics.discardedCollections()).isZero();
    } else {
      assertThat(sum(collections.received)).isGreaterThan(sum(recorded) / 10);
      assertThat(statistics.discardedCollections()).isGreaterThan(5);
      assertThat(statistics.discardedPoints()).isGreaterThan(SERIES);
    }
    assertThat(statistics.exports() + statistics.discardedCollections()).isEqualTo(collected);
  }

  /** Returns what was recorded, by series. */
  private long[] record(LongCounter counter, Random random) {
    long[] recorded = new long[SERIES];
    long count = 0;
    while (isRecording) {
      int series = random.nextInt(SERIES);
      long value = 1L + random.nextInt(100);
      counter.add(value, attributes[series]);
      recorded[series] += value;
      if (++count % BURST == 0) {
        // This leaves the exporter a processor, because the test is not about a full machine.
        LockSupport.parkNanos(1_000_000);
      }
    }
    return recorded;
  }

  private static void add(long[] sums, long[] values) {
    Arrays.setAll(sums, i -> sums[i] + values[i]);
  }

  private static long sum(long[] values) {
    return Arrays.stream(values).sum();
  }

  /** Every point that was collected, told apart by its series and time, and what came of it. */
  private static final class Collections {

    private final Map<Long, long[]> byTime = new HashMap<>();
    private final long[] received = new long[SERIES];
    private final List<String> wrong = new ArrayList<>();
    private int collections;
    private long pointsReceived;

    synchronized void collected(Collection<MetricData> metrics) {
      collections++;
      for (MetricData metric : metrics) {
        for (LongPointData point : metric.getLongSumData().getPoints()) {
          long[] values = byTime.computeIfAbsent(point.getEpochNanos(), time -> new long[SERIES]);
          values[series(point.getAttributes().get(KEY))] = point.getValue();
        }
      }
    }

    synchronized int count() {
      return collections;
    }

    synchronized void receive(byte[] event) {
      for (NumberDataPoint point : points(event)) {
        int series = (int) point.getAttributes(0).getValue().getIntValue();
        long @Nullable [] values = byTime.get(point.getTimeUnixNano());
        if (values == null || values[series] != point.getAsInt()) {
          wrong.add("never collected, or received before: " + point);
          continue;
        }
        values[series] = 0;
        received[series] += point.getAsInt();
        pointsReceived++;
      }
    }

    synchronized long[] notReceived() {
      long[] sums = new long[SERIES];
      byTime.values().forEach(values -> add(sums, values));
      return sums;
    }

    synchronized long pointsNotReceived() {
      return byTime.values().stream().flatMapToLong(Arrays::stream).filter(v -> v != 0).count();
    }

    private static List<NumberDataPoint> points(byte[] event) {
      try {
        return ExportMetricsServiceRequest.parseFrom(event).getResourceMetricsList().stream()
            .flatMap(resource -> resource.getScopeMetricsList().stream())
            .flatMap(scope -> scope.getMetricsList().stream())
            .flatMap(metric -> metric.getSum().getDataPointsList().stream())
            .toList();
      } catch (InvalidProtocolBufferException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static int series(@Nullable Long key) {
      if (key == null) {
        throw new AssertionError("the SDK has folded series into one");
      }
      return key.intValue();
    }
  }

  /** The reader, and a look at what it collects. */
  private final class ObservedReader implements MetricReader {

    private final UserEventsMetricReader reader;
    private CollectionRegistration registration = CollectionRegistration.noop();

    ObservedReader(UserEventsMetricExporter exporter, Duration idleInterval) {
      reader =
          UserEventsMetricReader.builder(exporter)
              .setInterval(Duration.ofMillis(100))
              .setIdleCollectionInterval(idleInterval)
              .build();
    }

    /** As the next collection would, had it not been shut down. */
    long[] collectTheRest() {
      Collections rest = new Collections();
      rest.collected(registration.collectAllMetrics());
      return rest.notReceived();
    }

    @Override
    public void register(CollectionRegistration registration) {
      this.registration = registration;
      reader.register(
          new CollectionRegistration() {
            @Override
            public Collection<MetricData> collectAllMetrics() {
              Collection<MetricData> metrics = registration.collectAllMetrics();
              collections.collected(metrics);
              return metrics;
            }
          });
    }

    @Override
    public Aggregation getDefaultAggregation(InstrumentType instrumentType) {
      return reader.getDefaultAggregation(instrumentType);
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
      return reader.getAggregationTemporality(instrumentType);
    }

    @Override
    public MemoryMode getMemoryMode() {
      return reader.getMemoryMode();
    }

    @Override
    public CompletableResultCode forceFlush() {
      return reader.forceFlush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return reader.shutdown();
    }
  }
}
