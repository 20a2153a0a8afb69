// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.opentelemetry.sdk.metrics.data.AggregationTemporality.CUMULATIVE;
import static io.opentelemetry.sdk.metrics.data.AggregationTemporality.DELTA;
import static io.userevents.exporter.internal.otlp.CollectedRecords.encodeToOne;
import static io.userevents.exporter.internal.otlp.TestMetrics.ATTRIBUTES;
import static io.userevents.exporter.internal.otlp.TestMetrics.END_NANOS;
import static io.userevents.exporter.internal.otlp.TestMetrics.RESOURCE;
import static io.userevents.exporter.internal.otlp.TestMetrics.SCOPE;
import static io.userevents.exporter.internal.otlp.TestMetrics.SPAN;
import static io.userevents.exporter.internal.otlp.TestMetrics.START_NANOS;
import static io.userevents.exporter.internal.otlp.TestMetrics.doubleExemplar;
import static io.userevents.exporter.internal.otlp.TestMetrics.doubleGauge;
import static io.userevents.exporter.internal.otlp.TestMetrics.doublePoint;
import static io.userevents.exporter.internal.otlp.TestMetrics.doubleSum;
import static io.userevents.exporter.internal.otlp.TestMetrics.exponentialHistogram;
import static io.userevents.exporter.internal.otlp.TestMetrics.exponentialPoint;
import static io.userevents.exporter.internal.otlp.TestMetrics.histogram;
import static io.userevents.exporter.internal.otlp.TestMetrics.histogramPoint;
import static io.userevents.exporter.internal.otlp.TestMetrics.longExemplar;
import static io.userevents.exporter.internal.otlp.TestMetrics.longGauge;
import static io.userevents.exporter.internal.otlp.TestMetrics.longPoint;
import static io.userevents.exporter.internal.otlp.TestMetrics.longSum;
import static io.userevents.exporter.internal.otlp.TestMetrics.summary;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.data.ValueAtQuantile;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSummaryPointData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single metrics, against the bytes of OpenTelemetry Java's marshaler and what they decode to. */
class OtlpFormatTest {

  private static final ExponentialHistogramBuckets POSITIVE =
      ExponentialHistogramBuckets.create(-3, -70, List.of(0L, 1L, 127L, 128L, Long.MAX_VALUE));
  private static final ExponentialHistogramBuckets NEGATIVE =
      ExponentialHistogramBuckets.create(-3, 64, List.of(5L));
  private static final ExponentialHistogramBuckets NONE =
      ExponentialHistogramBuckets.create(0, 0, List.of());

  @Test
  void shouldEncodeNumberPoints() {
    for (long value : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertSameBytesAsSdk(longGauge("levels", longPoint(value, ATTRIBUTES)));
      assertSameBytesAsSdk(longSum(true, DELTA, longPoint(value, ATTRIBUTES)));
      assertSameBytesAsSdk(longSum(false, CUMULATIVE, longPoint(value, ATTRIBUTES)));
    }
    for (double value :
        new double[] {
          0.0, -0.0, 1.5, Double.MIN_VALUE, -Double.MAX_VALUE, Double.NaN, Double.NEGATIVE_INFINITY
        }) {
      assertSameBytesAsSdk(doubleGauge("spread", doublePoint(value, ATTRIBUTES)));
      assertSameBytesAsSdk(doubleSum(true, CUMULATIVE, doublePoint(value, ATTRIBUTES)));
      assertSameBytesAsSdk(doubleSum(false, DELTA, doublePoint(value, ATTRIBUTES)));
    }
  }

  @Test
  void shouldEncodeHistogramPoints() {
    assertSameBytesAsSdk(histogram(DELTA, histogramPoint(false, ATTRIBUTES)));
    assertSameFieldsAsSdk(histogram(CUMULATIVE, histogramPoint(true, ATTRIBUTES)));
  }

  @Test
  void shouldEncodeHistogramPointsWithoutBoundaries() {
    assertSameFieldsAsSdk(
        histogram(
            DELTA,
            io.opentelemetry.sdk.metrics.data.HistogramPointData.create(
                0, 0, Attributes.empty(), 0.0, true, 0.0, true, 0.0, List.of(), List.of(0L))));
  }

  @Test
  void shouldEncodeExponentialHistogramPoints() {
    assertSameBytesAsSdk(
        exponentialHistogram(
            DELTA, exponentialPoint(false, POSITIVE, NEGATIVE, Attributes.empty())));
    assertSameFieldsAsSdk(
        exponentialHistogram(CUMULATIVE, exponentialPoint(true, POSITIVE, NEGATIVE, ATTRIBUTES)));
  }

  @Test
  void shouldEncodeEmptyBucketsAsEmptyMessages() {
    assertSameBytesAsSdk(
        exponentialHistogram(DELTA, exponentialPoint(false, NONE, NONE, Attributes.empty())));
  }

  @Test
  void shouldEncodeSummaryPoints() {
    assertSameBytesAsSdk(
        summary(
            ImmutableSummaryPointData.create(
                START_NANOS,
                END_NANOS,
                ATTRIBUTES,
                4,
                17.5,
                List.of(
                    ValueAtQuantile.create(0.0, 1.0),
                    ValueAtQuantile.create(0.5, 0.0),
                    ValueAtQuantile.create(0.0, -0.0),
                    ValueAtQuantile.create(1.0, Double.NaN))),
            ImmutableSummaryPointData.create(0, 0, Attributes.empty(), 0, 0.0, List.of())));
  }

  @Test
  void shouldEncodeExemplars() {
    assertSameBytesAsSdk(
        doubleGauge(
            "spread",
            doublePoint(
                1.0,
                ATTRIBUTES,
                doubleExemplar(0.0, ATTRIBUTES, SPAN),
                doubleExemplar(-3.5, Attributes.empty(), SpanContext.getInvalid()))));
    assertSameFieldsAsSdk(
        longSum(
            true,
            DELTA,
            longPoint(
                1,
                ATTRIBUTES,
                longExemplar(0, ATTRIBUTES, SPAN),
                longExemplar(Long.MIN_VALUE, Attributes.empty(), SpanContext.getInvalid()))));
    assertSameFieldsAsSdk(
        histogram(DELTA, histogramPoint(true, ATTRIBUTES, doubleExemplar(2.0, ATTRIBUTES, SPAN))));
    assertSameFieldsAsSdk(
        exponentialHistogram(
            DELTA,
            exponentialPoint(
                true, POSITIVE, NONE, ATTRIBUTES, doubleExemplar(2.0, ATTRIBUTES, SPAN))));
  }

  @Test
  void shouldEncodeAttributesOfEveryType() {
    Attributes attributes =
        Attributes.builder()
            .put("string", "text")
            .put("string.empty", "")
            .put("bool.true", true)
            .put("bool.false", false)
            .put("long", -1L)
            .put("long.zero", 0L)
            .put("double", Math.PI)
            .put("double.zero", 0.0)
            .put("strings", "a", "", "c")
            .put("bools", true, false)
            .put("longs", 0L, Long.MIN_VALUE, 300L)
            .put("doubles", 0.0, Double.NaN, -2.5)
            .put(AttributeKey.stringArrayKey("strings.none"), List.of())
            .put(AttributeKey.longArrayKey("longs.none"), List.of())
            .build();
    assertSameBytesAsSdk(longGauge("levels", longPoint(1, attributes)));
  }

  static List<Value<?>> values() {
    return List.of(
        Value.of("text"),
        Value.of(true),
        Value.of(0L),
        Value.of(-0.0),
        Value.of(new byte[] {0, -1, 127}),
        Value.of(new byte[0]),
        Value.empty(),
        Value.of(List.of()),
        Value.of(Value.of(1L), Value.of("two"), Value.empty(), Value.of(Value.of(3.0))),
        Value.of(new KeyValue[0]),
        Value.of(
            KeyValue.of("a", Value.of(1L)),
            KeyValue.of("", Value.empty()),
            KeyValue.of("c", Value.of(KeyValue.of("d", Value.of(Value.of(false)))))));
  }

  @ParameterizedTest
  @MethodSource("values")
  void shouldEncodeValues(Value<?> value) {
    Attributes attributes = Attributes.of(AttributeKey.valueKey("value"), value);
    assertSameBytesAsSdk(longGauge("levels", longPoint(1, attributes)));
  }

  @Test
  void shouldEncodeMissingElementsOfStringArraysAsEmptyStrings() {
    Attributes attributes =
        Attributes.builder()
            .put(AttributeKey.stringArrayKey("strings"), Arrays.asList("a", null, "c"))
            .build();
    assertSameBytesAsSdk(longGauge("levels", longPoint(1, attributes)));
  }

  @Test
  void shouldEncodeMissingElementsOfOtherArraysAsAbsentValues()
      throws InvalidProtocolBufferException {
    Attributes attributes =
        Attributes.builder()
            .put(AttributeKey.longArrayKey("longs"), Collections.singletonList(null))
            .build();
    byte[] bytes = encodeToOne(longGauge("levels", longPoint(1, attributes)));
    assertThat(
            ExportMetricsServiceRequest.parseFrom(bytes)
                .getResourceMetrics(0)
                .getScopeMetrics(0)
                .getMetrics(0)
                .getGauge()
                .getDataPoints(0)
                .getAttributes(0)
                .getValue()
                .getArrayValue()
                .getValues(0)
                .hasIntValue())
        .isFalse();
  }

  @Test
  void shouldLeaveOutMissingEntriesOfKeyValueLists() {
    KeyValue entry = KeyValue.of("a", Value.of(1L));
    MetricData withMissing = ofValue(Value.of(null, entry, null));

    assertThat(encodeToOne(withMissing)).isEqualTo(encodeToOne(ofValue(Value.of(entry))));
  }

  private static MetricData ofValue(Value<?> value) {
    return longGauge("levels", longPoint(1, Attributes.of(AttributeKey.valueKey("value"), value)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "\u0000\u007f",
        "\u0080\u07ff",
        "\u0800\uffff",
        "😀 ends 😀",
        "\ud800",
        "\udc00",
        "\udc00\ud800",
        "\ud83d\ud83d\ude00",
        "\ud83d\ude00\ude00",
        "a\ud800b",
        "ends high\ud800"
      })
  void shouldEncodeTextAsUtf8(String text) {
    MetricData metric =
        longGauge(
            RESOURCE,
            SCOPE,
            text,
            text,
            longPoint(1, Attributes.builder().put("k" + text, text).build()));
    assertSameBytesAsSdk(metric);
  }

  @Test
  void shouldEncodeResourceAndScopeWithoutAnything() {
    assertSameBytesAsSdk(
        longGauge(
            Resource.empty(),
            InstrumentationScopeInfo.empty(),
            "",
            "",
            longPoint(1, Attributes.empty())));
  }

  @Test
  void shouldEncodeLengthsAroundEveryVarintWidth() {
    for (int length : new int[] {100, 127, 128, 129, 16_200, 16_383, 16_384, 70_000}) {
      Attributes attributes = Attributes.builder().put("k", "x".repeat(length)).build();
      assertSameBytesAsSdk(longGauge("levels", longPoint(1, attributes)));
    }
  }

  @Test
  void shouldEncodeSeveralMetricsOfOneScope() {
    assertSameBytesAsSdk(
        longGauge("a", longPoint(1, ATTRIBUTES), longPoint(2, ATTRIBUTES)),
        doubleGauge("b", doublePoint(1.0, ATTRIBUTES)),
        longSum(true, DELTA, longPoint(3, ATTRIBUTES)));
  }

  private static final EncoderLimits UNLIMITED =
      new EncoderLimits(EncoderLimits.HIGHEST, EncoderLimits.HIGHEST, Integer.MAX_VALUE);

  private static void assertDecodesToInput(byte[] bytes, MetricData... metrics) {
    OtlpOracle oracle = new OtlpOracle(UNLIMITED);
    List<OtlpOracle.FlatPoint> points = new ArrayList<>();
    for (MetricData metric : metrics) {
      for (PointData point : metric.getData().getPoints()) {
        points.add(oracle.whole(metric, point));
      }
    }
    try {
      assertThat(OtlpOracle.flatten(ExportMetricsServiceRequest.parseFrom(bytes)))
          .isEqualTo(points);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** For metrics whose fields the SDK happens to write in the order of their numbers. */
  private static void assertSameBytesAsSdk(MetricData... metrics) {
    assertThat(encodeToOne(metrics)).isEqualTo(SdkMarshaler.marshal(metrics));
    assertSameFieldsAsSdk(metrics);
  }

  /**
   * For metrics with fields that the SDK writes earlier or later than their number says: protobuf's
   * own serialiser brings them into order.
   */
  private static void assertSameFieldsAsSdk(MetricData... metrics) {
    byte[] bytes = encodeToOne(metrics);
    assertThat(bytes).isEqualTo(SdkMarshaler.request(metrics).toByteArray());
    assertThat(bytes).hasSameSizeAs(SdkMarshaler.marshal(metrics));
    assertDecodesToInput(bytes, metrics);
  }
}
