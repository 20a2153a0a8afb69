// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import org.junit.jupiter.api.Test;

final class PointRowsTest {

  private static final AggregationTemporality DELTA =
      AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
  private static final AggregationTemporality CUMULATIVE =
      AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;

  private static Metric.Builder metric() {
    return Metric.newBuilder().setName("m").setUnit("By");
  }

  private static Metric sum(
      boolean isMonotonic, AggregationTemporality temporality, NumberDataPoint.Builder point) {
    return metric()
        .setSum(
            Sum.newBuilder()
                .setIsMonotonic(isMonotonic)
                .setAggregationTemporality(temporality)
                .addDataPoints(point))
        .build();
  }

  private static NumberDataPoint.Builder longPoint(long value) {
    return NumberDataPoint.newBuilder().setAsInt(value);
  }

  private static NumberDataPoint.Builder doublePoint(double value) {
    return NumberDataPoint.newBuilder().setAsDouble(value);
  }

  private static PointRow row(String type, String value) {
    return new PointRow("m", type, "", value, "By");
  }

  @Test
  void shouldShowCounters() {
    assertThat(PointRows.of(sum(true, CUMULATIVE, longPoint(5))))
        .containsExactly(row("long counter", "5"));
    assertThat(PointRows.of(sum(true, CUMULATIVE, doublePoint(0.5))))
        .containsExactly(row("double counter", "0.5"));
  }

  @Test
  void shouldShowUpDownCounters() {
    assertThat(PointRows.of(sum(false, CUMULATIVE, longPoint(-5))))
        .containsExactly(row("long up-down counter", "-5"));
    assertThat(PointRows.of(sum(false, CUMULATIVE, doublePoint(0.5))))
        .containsExactly(row("double up-down counter", "0.5"));
  }

  @Test
  void shouldShowSignOfDeltas() {
    assertThat(PointRows.of(sum(true, DELTA, longPoint(5))))
        .containsExactly(row("long counter", "+5"));
    assertThat(PointRows.of(sum(false, DELTA, doublePoint(-0.5))))
        .containsExactly(row("double up-down counter", "-0.5"));
    assertThat(PointRows.of(sum(false, DELTA, doublePoint(Double.NaN))))
        .containsExactly(row("double up-down counter", "NaN"));
  }

  @Test
  void shouldShowEachPointOfGauge() {
    Metric gauge =
        metric()
            .setGauge(
                Gauge.newBuilder()
                    .addDataPoints(longPoint(5))
                    .addDataPoints(doublePoint(0.5))
                    .addDataPoints(NumberDataPoint.newBuilder()))
            .build();

    assertThat(PointRows.of(gauge))
        .containsExactly(row("long gauge", "5"), row("double gauge", "0.5"), row("gauge", "none"));
  }

  @Test
  void shouldShowHistogramWithWhatItHas() {
    Metric histogram =
        metric()
            .setHistogram(
                Histogram.newBuilder()
                    .addDataPoints(
                        HistogramDataPoint.newBuilder().setCount(3).setSum(6).setMin(1).setMax(3.5))
                    .addDataPoints(HistogramDataPoint.newBuilder().setCount(2)))
            .build();

    assertThat(PointRows.of(histogram))
        .containsExactly(
            row("histogram", "count=3 sum=6 min=1 max=3.5"), row("histogram", "count=2"));
  }

  @Test
  void shouldShowScaleOfExponentialHistogram() {
    Metric histogram =
        metric()
            .setExponentialHistogram(
                ExponentialHistogram.newBuilder()
                    .addDataPoints(
                        ExponentialHistogramDataPoint.newBuilder()
                            .setCount(3)
                            .setSum(6)
                            .setMin(1)
                            .setMax(3)
                            .setScale(-2)))
            .build();

    assertThat(PointRows.of(histogram))
        .containsExactly(row("exponential histogram", "count=3 sum=6 min=1 max=3 scale=-2"));
  }

  @Test
  void shouldShowQuantilesOfSummary() {
    Metric summary =
        metric()
            .setSummary(
                Summary.newBuilder()
                    .addDataPoints(
                        SummaryDataPoint.newBuilder()
                            .setCount(3)
                            .setSum(6)
                            .addQuantileValues(
                                SummaryDataPoint.ValueAtQuantile.newBuilder()
                                    .setQuantile(0.5)
                                    .setValue(2))))
            .build();

    assertThat(PointRows.of(summary)).containsExactly(row("summary", "count=3 sum=6 q0.5=2"));
  }

  @Test
  void shouldShowNothingOfMetricWithoutPoints() {
    assertThat(PointRows.of(metric().build())).isEmpty();
  }

  @Test
  void shouldShowAttributesOfEveryType() {
    AnyValue one = AnyValue.newBuilder().setIntValue(1).build();
    NumberDataPoint.Builder point =
        longPoint(5)
            .addAttributes(Otlp.attribute("s", "text"))
            .addAttributes(Otlp.attribute("q", "two words"))
            .addAttributes(Otlp.attribute("b", AnyValue.newBuilder().setBoolValue(true).build()))
            .addAttributes(Otlp.attribute("i", one))
            .addAttributes(Otlp.attribute("d", AnyValue.newBuilder().setDoubleValue(1.5).build()))
            .addAttributes(
                Otlp.attribute(
                    "a",
                    AnyValue.newBuilder()
                        .setArrayValue(ArrayValue.newBuilder().addValues(one).addValues(one))
                        .build()))
            .addAttributes(
                Otlp.attribute(
                    "m",
                    AnyValue.newBuilder()
                        .setKvlistValue(
                            KeyValueList.newBuilder().addValues(Otlp.attribute("k", one)))
                        .build()))
            .addAttributes(
                Otlp.attribute(
                    "y",
                    AnyValue.newBuilder().setBytesValue(ByteString.copyFromUtf8("abc")).build()))
            .addAttributes(Otlp.attribute("n", AnyValue.getDefaultInstance()));

    assertThat(PointRows.of(sum(true, DELTA, point)).get(0).attributes())
        .isEqualTo("s=text q=\"two words\" b=true i=1 d=1.5 a=[1,1] m={k=1} y=(3 bytes) n=");
  }

  @Test
  void shouldReplaceControlCharacters() {
    Metric metric =
        Metric.newBuilder()
            .setName("a\nb")
            .setUnit("\t")
            .setGauge(
                Gauge.newBuilder()
                    .addDataPoints(longPoint(1).addAttributes(Otlp.attribute("k\r", "\u001b"))))
            .build();

    assertThat(PointRows.of(metric))
        .containsExactly(
            new PointRow("a\\u000ab", "long gauge", "k\\u000d=\\u001b", "1", "\\u0009"));
  }
}
