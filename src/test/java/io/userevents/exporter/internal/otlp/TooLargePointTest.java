// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.userevents.exporter.internal.otlp.TestMetrics.ATTRIBUTES;
import static io.userevents.exporter.internal.otlp.TestMetrics.RESOURCE;
import static io.userevents.exporter.internal.otlp.TestMetrics.SCOPE;
import static io.userevents.exporter.internal.otlp.TestMetrics.SPAN;
import static io.userevents.exporter.internal.otlp.TestMetrics.longExemplar;
import static io.userevents.exporter.internal.otlp.TestMetrics.longGauge;
import static io.userevents.exporter.internal.otlp.TestMetrics.longPoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.sdk.metrics.data.LongExemplarData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongPointData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class TooLargePointTest {

  private static final int LIMIT = 4048;
  private static final LongPointData SMALL = longPoint(1, ATTRIBUTES);
  private static final LongExemplarData[] EXEMPLARS =
      Collections.nCopies(100, longExemplar(7, ATTRIBUTES, SPAN)).toArray(new LongExemplarData[0]);
  private static final String LONG_TEXT = "x".repeat(LIMIT);

  /** Within the budget of a metric's header, which is 506 bytes. */
  private static final String DESCRIPTION = "d".repeat(400);

  /** Fits into a record without a description of its metric only. */
  private static final Attributes NEARLY_ALL = attributesThatLeave(100);

  @Test
  void shouldDropExemplarsFirst() {
    MetricData metric = longGauge("a", SMALL, longPoint(2, ATTRIBUTES, EXEMPLARS), SMALL);

    CollectedRecords records = encode(metric);

    assertThat(records.records)
        .containsExactly(
            SdkMarshaler.marshal(longGauge("a", SMALL, longPoint(2, ATTRIBUTES), SMALL)));
    assertThat(records.tooLarge).isEmpty();
  }

  @Test
  void shouldNotWalkThroughExemplarsThatDoNotFit() {
    AtomicInteger asked = new AtomicInteger();
    List<LongExemplarData> endless =
        new AbstractList<>() {
          @Override
          public LongExemplarData get(int index) {
            asked.incrementAndGet();
            return EXEMPLARS[0];
          }

          @Override
          public int size() {
            return Integer.MAX_VALUE;
          }
        };
    LongPointData point = ImmutableLongPointData.create(1, 2, ATTRIBUTES, 3, endless);

    assertThat(encode(longGauge("a", point)).reduced).hasSize(1);
    assertThat(asked.get()).isBetween(1, LIMIT / 8);
  }

  @Test
  void shouldReportWhichPointsLostWhat() {
    LongPointData sampled = longPoint(2, ATTRIBUTES, EXEMPLARS);
    MetricData metric = longGauge("a", SMALL, sampled, SMALL);
    LongPointData large = longPoint(2, NEARLY_ALL);
    LongPointData largeAndSampled = longPoint(3, NEARLY_ALL, EXEMPLARS);
    MetricData described =
        longGauge(RESOURCE, SCOPE, "b", DESCRIPTION, SMALL, large, largeAndSampled);

    CollectedRecords records = encode(metric, described);

    assertThat(records.reduced)
        .containsExactly(
            new CollectedRecords.Reduced(metric, sampled, false),
            new CollectedRecords.Reduced(described, large, true),
            new CollectedRecords.Reduced(described, largeAndSampled, true));
  }

  @Test
  void shouldReportPointsOnlyThatLostSomething() {
    MetricData whole = longGauge("a", SMALL, longPoint(2, ATTRIBUTES, EXEMPLARS[0]));
    MetricData dropped =
        longGauge("b", longPoint(2, Attributes.builder().put("k", LONG_TEXT).build(), EXEMPLARS));

    assertThat(encode(whole, dropped).reduced).isEmpty();
  }

  @Test
  void shouldKeepExemplarsThatFitIntoRecordOfTheirOwn() {
    MetricData small = longGauge("a", SMALL);
    MetricData large = longGauge("b", longPoint(2, ATTRIBUTES, EXEMPLARS));
    int limit = SdkMarshaler.marshal(large).length;

    CollectedRecords records =
        CollectedRecords.encode(limit, Integer.MAX_VALUE, List.of(small, large));

    assertThat(records.records)
        .containsExactly(SdkMarshaler.marshal(small), SdkMarshaler.request(large).toByteArray());
  }

  @Test
  void shouldDropDescriptionNext() {
    MetricData before = longGauge("before", SMALL);
    MetricData described =
        longGauge(
            RESOURCE,
            SCOPE,
            "a",
            DESCRIPTION,
            longPoint(2, NEARLY_ALL),
            longPoint(3, NEARLY_ALL, EXEMPLARS));
    MetricData after = longGauge("after", SMALL, SMALL);

    CollectedRecords records = encode(before, described, after);

    assertThat(records.records)
        .containsExactly(
            SdkMarshaler.marshal(before),
            SdkMarshaler.marshal(longGauge(RESOURCE, SCOPE, "a", "", longPoint(2, NEARLY_ALL))),
            SdkMarshaler.marshal(longGauge(RESOURCE, SCOPE, "a", "", longPoint(3, NEARLY_ALL))),
            SdkMarshaler.marshal(after));
    assertThat(records.tooLarge).isEmpty();
  }

  @Test
  void shouldKeepDescriptionOfPointsThatFitWithIt() {
    Attributes most = attributesThatLeave(200);
    LongPointData fits = longPoint(1, most);
    LongPointData larger = longPoint(2, most.toBuilder().put("more", "x".repeat(150)).build());
    String description = "d".repeat(150);

    CollectedRecords records =
        encode(longGauge(RESOURCE, SCOPE, "a", description, fits, larger, fits));

    byte[] described = SdkMarshaler.marshal(longGauge(RESOURCE, SCOPE, "a", description, fits));
    assertThat(records.records)
        .containsExactly(
            described,
            SdkMarshaler.marshal(longGauge(RESOURCE, SCOPE, "a", "", larger)),
            described);
  }

  @Test
  void shouldReportAtLastWithTheLengthThatWouldBeNeeded() {
    Attributes large = Attributes.builder().put("k", "x".repeat(1 << 20)).build();
    LongPointData point = longPoint(2, large, EXEMPLARS);
    MetricData metric = longGauge("a", SMALL, point, SMALL);

    CollectedRecords records = encode(metric);

    int needed =
        SdkMarshaler.marshal(longGauge(RESOURCE, SCOPE, "a", "", longPoint(2, large))).length;
    assertThat(records.tooLarge)
        .containsExactly(new CollectedRecords.TooLarge(metric, point, needed));
    assertThat(records.records).containsExactly(SdkMarshaler.marshal(longGauge("a", SMALL, SMALL)));
  }

  @Test
  void shouldDropNoPointForTheLengthOfItsResourceScopeOrMetric() {
    Resource large = Resource.create(Attributes.builder().put("k", "x".repeat(5000)).build());

    CollectedRecords records =
        encode(
            longGauge(large, SCOPE, "a", "", SMALL, SMALL),
            longGauge(RESOURCE, TestMetrics.scope(LONG_TEXT), "b", "", SMALL),
            longGauge(RESOURCE, SCOPE, "c", LONG_TEXT, SMALL),
            longGauge(LONG_TEXT, SMALL));

    assertThat(records.tooLarge).isEmpty();
    assertThat(records.reduced).isEmpty();
    assertThat(records.pointCounts.stream().mapToInt(count -> count).sum()).isEqualTo(5);
    assertThat(records.envelopes).hasSize(4);
  }

  @Test
  void shouldSendPointAloneThatFitsIntoLongerRecordOnly() {
    LongPointData large = longPoint(2, attributesThatLeave(-1));
    LongPointData sampled = longPoint(3, ATTRIBUTES, Arrays.copyOf(EXEMPLARS, 60));
    MetricData metric = longGauge("a", SMALL, large, SMALL, SMALL, sampled, SMALL);

    CollectedRecords records =
        CollectedRecords.encode(
            new EncoderLimits(LIMIT, 2 * LIMIT, Integer.MAX_VALUE), List.of(metric));

    assertThat(records.pointCounts).containsExactly(1, 1, 2, 1, 1);
    assertThat(records.records.get(1)).isEqualTo(SdkMarshaler.marshal(longGauge("a", large)));
    assertThat(records.records.get(3))
        .isEqualTo(SdkMarshaler.request(longGauge("a", sampled)).toByteArray());
    assertThat(records.reduced).isEmpty();
    assertThat(records.tooLarge).isEmpty();
  }

  @Test
  void shouldReducePointThatFitsIntoNoLongerRecordEither() {
    LongPointData sampled = longPoint(3, attributesThatLeave(-1), EXEMPLARS);
    LongPointData tooLarge =
        longPoint(4, Attributes.builder().put("k", "x".repeat(2 * LIMIT)).build());
    MetricData metric = longGauge("a", sampled, tooLarge);

    CollectedRecords records =
        CollectedRecords.encode(
            new EncoderLimits(LIMIT, LIMIT + 100, Integer.MAX_VALUE), List.of(metric));

    assertThat(records.reduced)
        .containsExactly(new CollectedRecords.Reduced(metric, sampled, false));
    assertThat(records.tooLarge)
        .extracting(CollectedRecords.TooLarge::point)
        .containsExactly(tooLarge);
    assertThat(records.records)
        .singleElement()
        .satisfies(bytes -> assertThat(bytes).hasSizeBetween(LIMIT + 1, LIMIT + 100));
  }

  @Test
  void shouldKeepPackingAroundPointsThatAreTooLarge() {
    LongPointData large = longPoint(2, Attributes.builder().put("k", LONG_TEXT).build());

    CollectedRecords records = encode(longGauge("a", large, SMALL, large, SMALL, large));

    assertThat(records.pointCounts).containsExactly(2);
    assertThat(records.tooLarge).hasSize(3);
  }

  @Test
  void shouldAcceptNestingThatDecodersAccept() throws Exception {
    Value<?> arrays = nested(AnyValueEncoder.MAX_DEPTH / 2, Value::of);
    Value<?> maps = nested(AnyValueEncoder.MAX_DEPTH / 3, v -> Value.of(KeyValue.of("k", v)));
    for (Value<?> value : List.of(arrays, maps)) {
      Attributes attributes = Attributes.of(AttributeKey.valueKey("v"), value);
      MetricData metric =
          longGauge("a", longPoint(1, Attributes.empty(), longExemplar(1, attributes, SPAN)));

      CollectedRecords records = encode(metric);

      ExportMetricsServiceRequest decoded = records.decoded().get(0);
      assertThat(decoded.toByteArray()).isEqualTo(SdkMarshaler.request(metric).toByteArray());
    }
  }

  @Test
  void shouldReportNestingThatDecodersRefuse() {
    Value<?> arrays = nested(AnyValueEncoder.MAX_DEPTH / 2 + 1, Value::of);
    Value<?> maps = nested(AnyValueEncoder.MAX_DEPTH / 3 + 1, v -> Value.of(KeyValue.of("k", v)));
    Value<?> mixed =
        Value.of(KeyValue.of("k", nested(AnyValueEncoder.MAX_DEPTH / 2 - 1, Value::of)));
    Value<?> abyss = nested(100_000, Value::of);
    for (Value<?> value : List.of(arrays, maps, mixed, abyss)) {
      LongPointData point = longPoint(1, Attributes.of(AttributeKey.valueKey("v"), value));

      CollectedRecords records = encode(longGauge("a", point));

      assertThat(records.records).isEmpty();
      assertThat(records.tooLarge)
          .extracting(CollectedRecords.TooLarge::encodedLength)
          .containsExactly(Integer.MAX_VALUE);
    }
  }

  @Test
  void shouldNotWalkThroughWhatSharedNestingMultipliesTo() {
    // 40 levels of 10 references each to the next: 10^40 values.
    Value<?> laughs = nested(40, v -> Value.of(Collections.<Value<?>>nCopies(10, v)));
    LongPointData point = longPoint(1, Attributes.of(AttributeKey.valueKey("v"), laughs));

    CollectedRecords records = encode(longGauge("a", point));

    assertThat(records.tooLarge)
        .extracting(CollectedRecords.TooLarge::encodedLength)
        .containsExactly(Integer.MAX_VALUE);
  }

  @Test
  void shouldNotWriteOversizeWhateverTheLimit() {
    MetricData metric = longGauge("a", SMALL, longPoint(2, ATTRIBUTES, EXEMPLARS[0]));
    int enough = SdkMarshaler.marshal(metric).length;
    for (int limit = 1; limit <= enough; limit++) {
      CollectedRecords records = CollectedRecords.encode(limit, Integer.MAX_VALUE, List.of(metric));

      for (byte[] bytes : records.records) {
        assertThat(bytes).hasSizeLessThanOrEqualTo(limit);
      }
      int written = records.pointCounts.stream().mapToInt(Integer::intValue).sum();
      assertThat(written + records.tooLarge.size()).as("limit=%d", limit).isEqualTo(2);
    }
  }

  private static CollectedRecords encode(MetricData... metrics) {
    return CollectedRecords.encode(LIMIT, Integer.MAX_VALUE, List.of(metrics));
  }

  /** With them, a point of the metric a without a description leaves so many bytes of a record. */
  private static Attributes attributesThatLeave(int bytes) {
    Attributes some = Attributes.builder().put("k", "x".repeat(3000)).build();
    int length =
        SdkMarshaler.marshal(longGauge(RESOURCE, SCOPE, "a", "", longPoint(2, some))).length;
    return Attributes.builder().put("k", "x".repeat(3000 + LIMIT - length - bytes)).build();
  }

  private static Value<?> nested(int levels, UnaryOperator<Value<?>> around) {
    Value<?> value = Value.of(1L);
    for (int i = 0; i < levels; i++) {
      value = around.apply(value);
    }
    return value;
  }
}
