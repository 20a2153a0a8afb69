// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.userevents.cli.Events;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SeriesTableTest {

  private static final int PID = 42;
  private static final AggregationTemporality DELTA =
      AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;

  private final SeriesTable table = new SeriesTable(SeriesFilter.ALL, 100);

  private void add(byte[] event) {
    add(event, 0);
  }

  private void add(byte[] event, long nowNs) {
    table.add(event, PID, nowNs, series -> {});
  }

  private Series only() {
    List<Series> all = table.sorted();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  @Test
  void shouldSumUpDeltasAndTakeTheirOwnTimesForRates() {
    add(Events.counter("s", "m", "buy", true, 10, 12, 6));
    assertThat(only().rate()).isEqualTo(3);
    // Late, and for a shorter time: neither changes the rate.
    add(Events.counter("s", "m", "buy", true, 12, 12.5, 5), TimeUnit.HOURS.toNanos(1));

    assertThat(only().value()).isEqualTo(11);
    assertThat(only().rate()).isEqualTo(10);
    assertThat(only().kind()).isEqualTo(Kind.COUNTER);
  }

  @Test
  void shouldTakeTheLastCumulativeValueAndTheDifferenceForTheRate() {
    add(Events.counter("s", "m", "buy", false, 10, 20, 100));
    assertThat(only().rate()).isNaN();
    add(Events.counter("s", "m", "buy", false, 10, 25, 150));

    assertThat(only().value()).isEqualTo(150);
    assertThat(only().rate()).isEqualTo(10);
  }

  @Test
  void shouldSeeThatACumulativeCounterBeganAnew() {
    add(Events.counter("s", "m", "buy", false, 10, 20, 100));
    add(Events.counter("s", "m", "buy", false, 30, 40, 50));

    assertThat(only().rate()).isEqualTo(5);
    add(Events.counter("s", "m", "buy", false, 30, 41, 20));
    assertThat(only().rate()).as("fell without a new start").isCloseTo(20 / 11.0, within(1e-9));
  }

  @Test
  void shouldHaveNoRateWithoutTimes() {
    add(Events.counter("s", "m", "buy", true, 0, 12, 6));
    assertThat(only().rate()).isNaN();
    add(Events.counter("s", "m", "buy", true, 12, 12, 6));
    assertThat(only().rate()).isNaN();
    add(Events.gauge("s", "m", "buy", 13, 5));
    assertThat(only().rate()).isNaN();
    assertThat(only().value()).isEqualTo(5);
  }

  @Test
  void shouldTellSeriesApartByAttributesServiceAndProcess() {
    add(Events.gauge("b", "m", "sell", 1, 1));
    add(Events.gauge("b", "m", "buy", 1, 2));
    add(Events.gauge("a", "m", "buy", 1, 3));
    table.add(Events.gauge("a", "m", "buy", 1, 4), 7, 0, series -> {});

    assertThat(table.sorted().stream().map(Series::value)).containsExactly(4.0, 3.0, 2.0, 1.0);
  }

  @Test
  void shouldKeepWhatTheFilterTakes() {
    SeriesTable filtered =
        new SeriesTable(
            new SeriesFilter(SeriesFilter.glob("http.*.size"), SeriesFilter.glob("shop"), PID), 10);
    for (String metric : List.of("http.server.size", "http.server.sizes", "xhttp.server.size")) {
      filtered.add(Events.gauge("shop", metric, "", 1, 1), PID, 0, series -> {});
    }
    filtered.add(Events.gauge("shops", "http.a.size", "", 1, 1), PID, 0, series -> {});
    filtered.add(Events.gauge("shop", "http.a.size", "", 1, 1), PID + 1, 0, series -> {});

    assertThat(filtered.sorted()).hasSize(1);
    assertThat(filtered.points()).isEqualTo(1);
    assertThat(filtered.filteredPoints()).isEqualTo(4);
  }

  @Test
  void shouldTakeAPatternLiterallyButForStars() {
    assertThat(isTaken("a.b", "axb")).isFalse();
    assertThat(isTaken("*", "")).isTrue();
    assertThat(isTaken("a*", "ab")).isTrue();
    assertThat(isTaken("*\\E*", "x\\Ey")).isTrue();
  }

  private static boolean isTaken(String glob, String metric) {
    SeriesKey key = new SeriesKey(0, "", "", "", metric, "");
    return new SeriesFilter(SeriesFilter.glob(glob), null, 0).takes(key);
  }

  @Test
  void shouldDropTheSeriesThatWasSilentForLongest() {
    SeriesTable small = new SeriesTable(SeriesFilter.ALL, 2);
    for (String metric : List.of("a", "b", "a", "c")) {
      small.add(Events.gauge("s", metric, "", 1, 1), PID, 0, series -> {});
    }

    assertThat(small.sorted().stream().map(series -> series.key().metric()))
        .containsExactly("a", "c");
    assertThat(small.droppedSeries()).isEqualTo(1);
  }

  @Test
  void shouldCountEventsThatAreNoMetrics() {
    add(new byte[] {-1});

    assertThat(table.malformedEvents()).isEqualTo(1);
    assertThat(table.sorted()).isEmpty();
  }

  @Test
  void shouldEscapeTextOfOtherProcesses() {
    add(Events.gauge("s\u202e", "m\u001b[2J", "b\u200buy", 1, 1));

    assertThat(only().key())
        .isEqualTo(new SeriesKey(PID, "s\\u202e", "", "", "m\\u001b[2J", "side=b\\u200buy"));
  }

  @Test
  void shouldEstimateQuantilesOfExplicitBucketsAndAddThemUp() {
    HistogramDataPoint.Builder point =
        HistogramDataPoint.newBuilder()
            .setCount(100)
            .setSum(1000)
            .setStartTimeUnixNano(1)
            .setTimeUnixNano(2)
            .addAllExplicitBounds(List.of(10.0, 20.0))
            .addAllBucketCounts(List.of(50L, 50L, 0L));
    Metric.Builder metric =
        Metric.newBuilder()
            .setName("h")
            .setHistogram(
                Histogram.newBuilder().setAggregationTemporality(DELTA).addDataPoints(point));
    add(Events.of("s", metric));
    assertThat(only().quantile(0.75)).isEqualTo(15);
    add(Events.of("s", metric));

    assertThat(only().value()).isEqualTo(200);
    assertThat(only().sum()).isEqualTo(2000);
    assertThat(only().quantile(0.75)).isEqualTo(15);
    assertThat(only().quantile(0.5)).isEqualTo(10);
    assertThat(only().kind()).isEqualTo(Kind.HISTOGRAM);
  }

  @Test
  void shouldEstimateQuantilesOfExponentialBuckets() {
    ExponentialHistogramDataPoint.Builder point =
        ExponentialHistogramDataPoint.newBuilder().setCount(4).setScale(0).setZeroCount(1);
    // (1,2] and (2,4], and (-2,-1].
    point.getPositiveBuilder().setOffset(0).addBucketCounts(1).addBucketCounts(1);
    point.getNegativeBuilder().setOffset(0).addBucketCounts(1);
    add(
        Events.of(
            "s",
            Metric.newBuilder()
                .setName("e")
                .setExponentialHistogram(ExponentialHistogram.newBuilder().addDataPoints(point))));

    assertThat(only().quantile(0.25)).isEqualTo(-1);
    assertThat(only().quantile(0.5)).isZero();
    assertThat(only().quantile(0.75)).isEqualTo(2);
    assertThat(only().quantile(1)).isEqualTo(4);
  }

  @Test
  void shouldGiveNoQuantileThatAHostilePointCouldFalsify() {
    ExponentialHistogramDataPoint.Builder point = ExponentialHistogramDataPoint.newBuilder();
    point.setCount(1_000_000).setScale(10);
    for (int i = 0; i < Distribution.MAX_BUCKETS + 1; i++) {
      point.getPositiveBuilder().addBucketCounts(1);
    }
    add(
        Events.of(
            "s",
            Metric.newBuilder()
                .setName("e")
                .setExponentialHistogram(ExponentialHistogram.newBuilder().addDataPoints(point))));

    assertThat(only().quantile(0.5)).isNaN();
  }

  @Test
  void shouldKeepTheLastMinute() {
    long second = TimeUnit.SECONDS.toNanos(1);
    for (int i = 1; i <= 70; i++) {
      add(Events.gauge("s", "m", "", i, i), i * second);
    }

    assertThat(only().history(6, 70 * second)).containsExactly(20, 30, 40, 50, 60, 70);
    assertThat(only().history(6, 100 * second))
        .containsExactly(50, 60, 70, Double.NaN, Double.NaN, Double.NaN);
    assertThat(only().history(6, 1000 * second)).containsOnly(Double.NaN);
  }
}
