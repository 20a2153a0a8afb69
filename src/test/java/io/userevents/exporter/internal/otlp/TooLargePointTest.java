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
    MetricData described = longGauge(RESOURCE, SCOPE, "b", LONG_TEXT, SMALL, sampled);

    CollectedRecords records = encode(metric, described);

    assertThat(records.reduced)
        .containsExactly(
            new CollectedRecords.Reduced(metric, sampled, false),
            new CollectedRecords.Reduced(described, SMALL, true),
            new CollectedRecords.Reduced(described, sampled, true));
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
        longGauge(RESOURCE, SCOPE, "a", LONG_TEXT, SMALL, longPoint(2, ATTRIBUTES, EXEMPLARS));
    MetricData after = longGauge("after", SMALL, SMALL);

    CollectedRecords records = encode(before, described, after);

    assertThat(records.records)
        .containsExactly(
            SdkMarshaler.marshal(
                before,
                longGauge(RESOURCE, SCOPE, "a", "", SMALL, longPoint(2, ATTRIBUTES)),
                after));
    assertThat(records.tooLarge).isEmpty();
  }

  @Test
  void shouldPackPointsWithoutDescriptionAsTightlyAsOthers() {
    LongPointData[] points = Collections.nCopies(1000, SMALL).toArray(new LongPointData[0]);

    CollectedRecords described = encode(longGauge(RESOURCE, SCOPE, "a", LONG_TEXT, points));
    CollectedRecords plain = encode(longGauge(RESOURCE, SCOPE, "a", "", points));

    assertThat(described.records).containsExactlyElementsOf(plain.records);
    assertThat(described.reduced).hasSize(1000);
  }

  @Test
  void shouldKeepDescriptionOfPointsThatFitWithIt() {
    int room = LIMIT - SdkMarshaler.marshal(longGauge(RESOURCE, SCOPE, "a", "", SMALL)).length;
    // Less the header of the description, and what the longer headers around it take.
    String description = "d".repeat(room - 3 - 4);
    LongPointData larger = longPoint(2, ATTRIBUTES.toBuilder().put("more", "more").build());

    CollectedRecords records =
        encode(longGauge(RESOURCE, SCOPE, "a", description, SMALL, larger, SMALL));

    byte[] described = SdkMarshaler.marshal(longGauge(RESOURCE, SCOPE, "a", description, SMALL));
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
  void shouldReportEveryPointOfResourceScopeOrMetricThatIsTooLarge() {
    Resource large = Resource.create(Attributes.builder().put("k", "x".repeat(5000)).build());
    MetricData ofLargeResource = longGauge(large, SCOPE, "a", "", SMALL, SMALL);
    MetricData ofLargeScope = longGauge(RESOURCE, TestMetrics.scope(LONG_TEXT), "b", "", SMALL);
    MetricData ofLargeName = longGauge(LONG_TEXT, SMALL);
    MetricData fine = longGauge("fine", SMALL);

    CollectedRecords records = encode(ofLargeResource, ofLargeScope, ofLargeName, fine);

    assertThat(records.tooLarge)
        .extracting(CollectedRecords.TooLarge::metric)
        .containsExactly(ofLargeResource, ofLargeResource, ofLargeScope, ofLargeName);
    assertThat(records.tooLarge.get(2).encodedLength())
        .isEqualTo(SdkMarshaler.marshal(ofLargeScope).length);
    assertThat(records.records).containsExactly(SdkMarshaler.marshal(fine));
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

  private static Value<?> nested(int levels, UnaryOperator<Value<?>> around) {
    Value<?> value = Value.of(1L);
    for (int i = 0; i < levels; i++) {
      value = around.apply(value);
    }
    return value;
  }
}
