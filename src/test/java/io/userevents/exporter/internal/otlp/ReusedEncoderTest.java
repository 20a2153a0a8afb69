// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.opentelemetry.sdk.metrics.data.AggregationTemporality.DELTA;
import static io.userevents.exporter.internal.otlp.TestMetrics.ATTRIBUTES;
import static io.userevents.exporter.internal.otlp.TestMetrics.SPAN;
import static io.userevents.exporter.internal.otlp.TestMetrics.doubleExemplar;
import static io.userevents.exporter.internal.otlp.TestMetrics.doubleGauge;
import static io.userevents.exporter.internal.otlp.TestMetrics.doublePoint;
import static io.userevents.exporter.internal.otlp.TestMetrics.exponentialHistogram;
import static io.userevents.exporter.internal.otlp.TestMetrics.exponentialPoint;
import static io.userevents.exporter.internal.otlp.TestMetrics.histogram;
import static io.userevents.exporter.internal.otlp.TestMetrics.histogramPoint;
import static io.userevents.exporter.internal.otlp.TestMetrics.longExemplar;
import static io.userevents.exporter.internal.otlp.TestMetrics.longPoint;
import static io.userevents.exporter.internal.otlp.TestMetrics.longSum;
import static io.userevents.exporter.internal.otlp.TestMetrics.summary;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSummaryPointData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One encoder for many exports writes what a new one without a cache would write. */
class ReusedEncoderTest {

  private static final int LIMIT = 4048;
  private static final int EXPORTS = 300;

  @ParameterizedTest
  @ValueSource(ints = {0, 1000, 8192, 1 << 15, 1 << 17, 1 << 20})
  void shouldWriteTheSameWhateverIsInTheCache(int cacheMemory) {
    for (int maxPoints : new int[] {3, Integer.MAX_VALUE}) {
      RecordEncoder encoder = new RecordEncoder(LIMIT, maxPoints, cacheMemory);
      Exports exports = new Exports(cacheMemory + maxPoints);
      for (int i = 0; i < EXPORTS; i++) {
        List<MetricData> metrics = exports.next();

        CollectedRecords actual = encode(encoder, metrics);

        assertSame(actual, encode(new RecordEncoder(LIMIT, maxPoints, 0), metrics), i);
        assertThat(encoder.cache().memory())
            .isLessThanOrEqualTo(Math.max(cacheMemory, EncodedCache.EMPTY_BYTES));
      }
    }
  }

  @Test
  void shouldHitMissRefuseAndSweepOnTheWay() {
    RecordEncoder encoder = new RecordEncoder(LIMIT, Integer.MAX_VALUE, 1 << 17);
    EncodedCache cache = encoder.cache();
    Exports exports = new Exports(1);
    int sweeps = 0;
    int exportsWithHits = 0;
    int exportsWithMisses = 0;
    int exportsOfNothingNew = 0;
    for (int i = 0; i < EXPORTS; i++) {
      List<MetricData> metrics = exports.next();
      int points = metrics.stream().mapToInt(metric -> metric.getData().getPoints().size()).sum();
      long misses = cache.misses();
      int size = cache.size();

      encode(encoder, metrics);

      long newMisses = cache.misses() - misses;
      // Each point asks for its attributes at least.
      exportsWithHits += newMisses < points ? 1 : 0;
      exportsWithMisses += newMisses > 0 ? 1 : 0;
      exportsOfNothingNew += newMisses == 0 ? 1 : 0;
      // Nothing is removed unless something was refused.
      sweeps += cache.size() < size ? 1 : 0;
    }
    assertThat(List.of(sweeps, exportsWithHits, exportsWithMisses, exportsOfNothingNew))
        .allMatch(count -> count >= 5);
  }

  @Test
  void shouldWriteAttributesAsTheFieldOfEachMessageThatHasThem() {
    // The same attributes have one field number in each kind of point, and another in exemplars.
    ExponentialHistogramBuckets buckets = ExponentialHistogramBuckets.create(1, 2, List.of(3L));
    List<MetricData> metrics =
        List.of(
            longSum(true, DELTA, longPoint(1, ATTRIBUTES, longExemplar(1, ATTRIBUTES, SPAN))),
            histogram(
                DELTA,
                histogramPoint(true, ATTRIBUTES, doubleExemplar(1, ATTRIBUTES, SPAN)),
                histogramPoint(false, ATTRIBUTES)),
            exponentialHistogram(
                DELTA,
                exponentialPoint(
                    true, buckets, buckets, ATTRIBUTES, doubleExemplar(1, ATTRIBUTES, SPAN))),
            summary(ImmutableSummaryPointData.create(1, 2, ATTRIBUTES, 3, 4, List.of())),
            doubleGauge("spread", doublePoint(1, ATTRIBUTES)));
    RecordEncoder encoder = new RecordEncoder(LIMIT, Integer.MAX_VALUE, 1 << 17);
    CollectedRecords expected = encode(new RecordEncoder(LIMIT, Integer.MAX_VALUE, 0), metrics);
    assertThat(expected.records)
        .containsExactly(SdkMarshaler.request(metrics.toArray(new MetricData[0])).toByteArray());

    assertSame(encode(encoder, metrics), expected, 0);
    long misses = encoder.cache().misses();
    List<MetricData> reversed = new ArrayList<>(metrics);
    Collections.reverse(reversed);
    encode(encoder, reversed);
    assertSame(encode(encoder, metrics), expected, 2);

    assertThat(encoder.cache().misses()).isEqualTo(misses);
  }

  private static CollectedRecords encode(RecordEncoder encoder, List<MetricData> metrics) {
    CollectedRecords records = new CollectedRecords();
    encoder.encode(metrics, records);
    return records;
  }

  private static void assertSame(CollectedRecords actual, CollectedRecords expected, int export) {
    assertThat(actual.pointCounts).as("export=%d", export).isEqualTo(expected.pointCounts);
    assertThat(actual.reduced).as("export=%d", export).isEqualTo(expected.reduced);
    assertThat(actual.tooLarge).as("export=%d", export).isEqualTo(expected.tooLarge);
    for (int i = 0; i < expected.records.size(); i++) {
      assertThat(actual.records.get(i))
          .as("export=%d record=%d", export, i)
          .isEqualTo(expected.records.get(i));
    }
  }

  /** Exports in which metrics come and go, and share attribute sets that come and go as well. */
  private static final class Exports {

    private static final int ATTRIBUTE_SETS = 30;

    private final Random random;
    private final List<Attributes> attributes = new ArrayList<>();
    private final List<MetricData> metrics = new ArrayList<>();

    Exports(long seed) {
      random = new Random(seed);
    }

    List<MetricData> next() {
      // Now and then all stays as it was, also the order.
      if (random.nextInt(3) > 0) {
        change();
      }
      return List.copyOf(metrics);
    }

    private void change() {
      while (attributes.size() < ATTRIBUTE_SETS) {
        attributes.add(new RandomMetrics(random.nextLong()).attributes());
      }
      attributes.subList(0, random.nextInt(5)).clear();
      metrics.addAll(new RandomMetrics(random.nextLong(), List.copyOf(attributes)).export());
      switch (random.nextInt(4)) {
        case 0 -> Collections.shuffle(metrics, random);
        case 1 -> metrics.addAll(metrics.subList(0, Math.min(3, metrics.size())));
        default -> {}
      }
      if (metrics.size() > 20) {
        metrics.subList(0, 10).clear();
      }
    }
  }
}
