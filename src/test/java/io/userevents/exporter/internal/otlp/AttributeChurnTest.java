// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.userevents.exporter.internal.otlp.TestMetrics.longPoint;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

/** Attribute sets that come and go, next to others that stay. */
class AttributeChurnTest {

  private static final int LIMIT = 4048;
  private static final int CACHE_MEMORY = 1 << 18;
  private static final int LONG_LIVED = 300;
  private static final int POINTS_PER_EXPORT = 1000;

  /** Resource, scope and metric header. */
  private static final int ENVELOPES = 3;

  private final RecordEncoder encoder = new RecordEncoder(LIMIT, Integer.MAX_VALUE, CACHE_MEMORY);
  private final EncodedCache cache = encoder.cache();
  private long created;

  @Test
  void shouldStandAMillionShortLivedAttributeSets() throws Exception {
    int exports = 1_000_000 / (POINTS_PER_EXPORT - LONG_LIVED) + 1;
    List<LongPointData> longLived = points(LONG_LIVED);
    List<WeakReference<Attributes>> shortLived = new ArrayList<>();
    CountingSink counts = new CountingSink();
    for (int export = 0; export < exports; export++) {
      List<LongPointData> points = new ArrayList<>(longLived);
      points.addAll(points(POINTS_PER_EXPORT - LONG_LIVED));
      // Attribute sets come in any order, but the first export finds the cache empty.
      Collections.shuffle(
          points.subList(export == 0 ? LONG_LIVED : 0, points.size()), new Random(export));
      shortLived.add(new WeakReference<>(points.get(points.size() - 1).getAttributes()));
      List<MetricData> metrics = metrics(points);

      encode(metrics, counts, export % 100 == 0);

      assertThat(cache.memory()).isLessThanOrEqualTo(CACHE_MEMORY);
    }

    assertThat(counts.points).isEqualTo((long) exports * POINTS_PER_EXPORT);
    assertThat(created).isGreaterThan(1_000_000 + LONG_LIVED);
    assertThat(cache.misses()).as("all were encoded once").isEqualTo(created + ENVELOPES);
    longLived.forEach(point -> shortLived.removeIf(one -> one.get() == point.getAttributes()));
    assertThat(shortLived).hasSizeGreaterThan(exports / 2);
    // The last ones may be in the cache, until others come.
    encode(metrics(points(1)), counts, false);
    int last = 2 * EncodedCache.KEPT_EXPORTS;
    Garbage.awaitCollected(shortLived.subList(0, shortLived.size() - last));
  }

  @Test
  void shouldTakeInLongLivedOnesThatComeInTheMiddleOfChurn() throws Exception {
    churn(20);
    List<LongPointData> longLived = points(LONG_LIVED);
    int exports = 120;
    for (int export = 0; export < exports; export++) {
      List<LongPointData> points = new ArrayList<>(longLived);
      points.addAll(points(POINTS_PER_EXPORT - LONG_LIVED));
      Collections.shuffle(points, new Random(export));
      encode(metrics(points), new CountingSink(), false);
    }
    long misses = cache.misses();

    encode(metrics(longLived), new CountingSink(), true);

    assertThat(cache.misses()).isEqualTo(misses);
  }

  @Test
  void shouldTakeInLongLivedOnesThatComeBehindMoreChurnThanFits() throws Exception {
    churn(20);
    List<LongPointData> longLived = points(LONG_LIVED);
    for (int export = 0; export < 400; export++) {
      List<LongPointData> points = points(POINTS_PER_EXPORT - LONG_LIVED);
      points.addAll(longLived);
      encode(metrics(points), new CountingSink(), false);
    }
    long misses = cache.misses();

    encode(metrics(longLived), new CountingSink(), true);

    assertThat(cache.misses()).isEqualTo(misses);
  }

  @Test
  void shouldGoOnFindingWhatFitsWhenMoreIsInUseThanFits() throws Exception {
    int inUse = 2000;
    List<LongPointData> points = points(inUse);
    int kept = CACHE_MEMORY / EncodedCache.BYTES_PER_ENTRY - 1 - ENVELOPES;
    encode(metrics(points), new CountingSink(), true);
    for (int export = 0; export < 10 * EncodedCache.KEPT_EXPORTS; export++) {
      long misses = cache.misses();

      encode(metrics(points), new CountingSink(), export == 0);

      assertThat(cache.misses() - misses).as("export=%d", export).isEqualTo(inUse - kept);
    }
  }

  @Test
  void shouldRecoverWhenWhatDidNotFitFitsAgain() throws Exception {
    List<LongPointData> points = points(2000);
    encode(metrics(points), new CountingSink(), false);
    List<LongPointData> fewer = points.subList(1600, 2000);
    for (int export = 0; export <= EncodedCache.KEPT_EXPORTS; export++) {
      encode(metrics(fewer), new CountingSink(), false);
    }
    long misses = cache.misses();

    encode(metrics(fewer), new CountingSink(), true);

    assertThat(cache.misses()).isEqualTo(misses);
  }

  private void churn(int exports) throws InvalidProtocolBufferException {
    for (int export = 0; export < exports; export++) {
      encode(metrics(points(POINTS_PER_EXPORT)), new CountingSink(), false);
    }
  }

  private void encode(List<MetricData> metrics, CountingSink counts, boolean compare)
      throws InvalidProtocolBufferException {
    if (!compare) {
      encoder.encode(metrics, counts);
      return;
    }
    CollectedRecords records = new CollectedRecords();
    encoder.encode(metrics, records);
    OracleCheck.assertRecordsAreTheExport(records, metrics, LIMIT, "export");
    assertThat(records.tooLarge).isEmpty();
    records.pointCounts.forEach(points -> counts.points += points);
  }

  private List<MetricData> metrics(List<LongPointData> points) {
    // The strings of a metric's header stay, the metric does not.
    return List.of(TestMetrics.longGauge("orders", points.toArray(new LongPointData[0])));
  }

  private List<LongPointData> points(int count) {
    List<LongPointData> points = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      created++;
      points.add(
          longPoint(
              created, Attributes.builder().put("order", created).put("side", "buy").build()));
    }
    return points;
  }

  private static final class CountingSink implements RecordSink {

    private long points;

    @Override
    public void onRecord(DirectBuffer buffer, int offset, int length, int points) {
      this.points += points;
    }

    @Override
    public void onEnvelopeReduced(EnvelopeReduction reduction) {
      throw new AssertionError("nothing is too large");
    }

    @Override
    public void onPointReduced(MetricData metric, PointData point, boolean withoutDescription) {
      throw new AssertionError("no point is too large");
    }

    @Override
    public void onPointTooLarge(MetricData metric, PointData point, int encodedLength) {
      throw new AssertionError("no point is too large");
    }
  }
}
