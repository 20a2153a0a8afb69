// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.opentelemetry.sdk.metrics.data.AggregationTemporality.DELTA;
import static io.userevents.exporter.internal.otlp.TestMetrics.ATTRIBUTES;
import static io.userevents.exporter.internal.otlp.TestMetrics.END_NANOS;
import static io.userevents.exporter.internal.otlp.TestMetrics.RESOURCE;
import static io.userevents.exporter.internal.otlp.TestMetrics.SCOPE;
import static io.userevents.exporter.internal.otlp.TestMetrics.START_NANOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableDoublePointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableGaugeData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableMetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSumData;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.internal.otlp.PreparedRecord.Kind;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prepared records against the marshaler of OpenTelemetry Java. */
class PreparedRecordTest {

  private static final String NAME = "order.latency";
  private static final String DESCRIPTION = "from the wire to the book";
  private static final String UNIT = "ns";

  @ParameterizedTest
  @EnumSource
  void shouldBeTheRecordOfTheSameMetric(Kind kind) {
    for (long valueBits : new long[] {0, 1, -1, Long.MIN_VALUE, Double.doubleToRawLongBits(-1.5)}) {
      PreparedRecord preparedRecord = prepare(kind, ATTRIBUTES, 4048);
      UnsafeBuffer buffer = new UnsafeBuffer(new byte[preparedRecord.length()]);

      preparedRecord.write(buffer, START_NANOS, END_NANOS, valueBits);

      assertThat(buffer.byteArray())
          .isEqualTo(SdkMarshaler.marshal(metric(kind, ATTRIBUTES, valueBits)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldLeaveOutWhatIsNotSet(Kind kind) {
    PreparedRecord preparedRecord =
        PreparedRecord.encode(
            kind,
            Resource.empty(),
            InstrumentationScopeInfo.empty(),
            NAME,
            "",
            "",
            Attributes.empty(),
            limits(4048),
            NamePatterns.NONE,
            PreparedRecordTest::refuse);
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[preparedRecord.length()]);

    preparedRecord.write(buffer, START_NANOS, END_NANOS, 5);

    assertThat(buffer.byteArray())
        .isEqualTo(
            SdkMarshaler.marshal(
                metric(
                    kind,
                    Resource.empty(),
                    InstrumentationScopeInfo.empty(),
                    "",
                    "",
                    Attributes.empty(),
                    5)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 127, 128, 129, 1000, 3000})
  void shouldFindTimesAndValueWhateverTheLengths(int valueLength) {
    Attributes attributes = Attributes.builder().put("k", "x".repeat(valueLength)).build();
    PreparedRecord preparedRecord = prepare(Kind.LONG_COUNTER, attributes, 4048);
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[preparedRecord.length()]);

    preparedRecord.write(buffer, START_NANOS, END_NANOS, 7);

    assertThat(buffer.byteArray())
        .isEqualTo(SdkMarshaler.marshal(metric(Kind.LONG_COUNTER, attributes, 7)));
  }

  @Test
  void shouldWriteManyTimes() {
    PreparedRecord preparedRecord = prepare(Kind.LONG_COUNTER, ATTRIBUTES, 4048);
    UnsafeBuffer first = new UnsafeBuffer(new byte[preparedRecord.length()]);
    UnsafeBuffer second = new UnsafeBuffer(new byte[preparedRecord.length()]);

    preparedRecord.write(first, START_NANOS, END_NANOS, 1);
    preparedRecord.write(second, START_NANOS, END_NANOS, 2);

    assertThat(first.byteArray())
        .isEqualTo(SdkMarshaler.marshal(metric(Kind.LONG_COUNTER, ATTRIBUTES, 1)));
    assertThat(second.byteArray())
        .isEqualTo(SdkMarshaler.marshal(metric(Kind.LONG_COUNTER, ATTRIBUTES, 2)));
  }

  @Test
  void shouldFitIntoItsLengthAndRefuseOneLess() {
    Attributes attributes = Attributes.builder().put("k", "x".repeat(1500)).build();
    int length = prepare(Kind.DOUBLE_GAUGE, attributes, 4048).length();

    assertThat(prepare(Kind.DOUBLE_GAUGE, attributes, length).length()).isEqualTo(length);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> prepare(Kind.DOUBLE_GAUGE, attributes, length - 1))
        .withMessageContainingAll(
            "name=" + NAME, "encodedLength=" + length, "maxRecordLength=" + (length - 1));
  }

  @Test
  void shouldWriteNothingBeyondTheBuffer() {
    PreparedRecord preparedRecord = prepare(Kind.LONG_GAUGE, ATTRIBUTES, 4048);
    UnsafeBuffer small = new UnsafeBuffer(new byte[preparedRecord.length() - 1]);

    assertThatThrownBy(() -> preparedRecord.write(small, 0, END_NANOS, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(small.byteArray()).containsOnly(0);
  }

  private static EncoderLimits limits(int maxRecordLength) {
    // The budgets stay, so that only the longest record is what is tested.
    return new EncoderLimits(Math.min(1500, maxRecordLength), maxRecordLength, 1);
  }

  private static void refuse(EnvelopeReduction reduction) {
    throw new AssertionError("within its budget: " + reduction);
  }

  private static PreparedRecord prepare(Kind kind, Attributes attributes, int maxRecordLength) {
    return PreparedRecord.encode(
        kind,
        RESOURCE,
        SCOPE,
        NAME,
        DESCRIPTION,
        UNIT,
        attributes,
        limits(maxRecordLength),
        NamePatterns.NONE,
        PreparedRecordTest::refuse);
  }

  private static MetricData metric(Kind kind, Attributes attributes, long valueBits) {
    return metric(kind, RESOURCE, SCOPE, DESCRIPTION, UNIT, attributes, valueBits);
  }

  private static MetricData metric(
      Kind kind,
      Resource resource,
      InstrumentationScopeInfo scope,
      String description,
      String unit,
      Attributes attributes,
      long valueBits) {
    // A gauge's start time is not written.
    List<LongPointData> gaugeLong =
        List.of(ImmutableLongPointData.create(0, END_NANOS, attributes, valueBits));
    List<LongPointData> sumLong =
        List.of(ImmutableLongPointData.create(START_NANOS, END_NANOS, attributes, valueBits));
    double value = Double.longBitsToDouble(valueBits);
    List<DoublePointData> gaugeDouble =
        List.of(ImmutableDoublePointData.create(0, END_NANOS, attributes, value));
    List<DoublePointData> sumDouble =
        List.of(ImmutableDoublePointData.create(START_NANOS, END_NANOS, attributes, value));
    return switch (kind) {
      case LONG_GAUGE ->
          ImmutableMetricData.createLongGauge(
              resource, scope, NAME, description, unit, ImmutableGaugeData.create(gaugeLong));
      case DOUBLE_GAUGE ->
          ImmutableMetricData.createDoubleGauge(
              resource, scope, NAME, description, unit, ImmutableGaugeData.create(gaugeDouble));
      case LONG_COUNTER ->
          ImmutableMetricData.createLongSum(
              resource,
              scope,
              NAME,
              description,
              unit,
              ImmutableSumData.create(true, DELTA, sumLong));
      case DOUBLE_COUNTER ->
          ImmutableMetricData.createDoubleSum(
              resource,
              scope,
              NAME,
              description,
              unit,
              ImmutableSumData.create(true, DELTA, sumDouble));
      case LONG_UP_DOWN_COUNTER ->
          ImmutableMetricData.createLongSum(
              resource,
              scope,
              NAME,
              description,
              unit,
              ImmutableSumData.create(false, DELTA, sumLong));
      case DOUBLE_UP_DOWN_COUNTER ->
          ImmutableMetricData.createDoubleSum(
              resource,
              scope,
              NAME,
              description,
              unit,
              ImmutableSumData.create(false, DELTA, sumDouble));
    };
  }
}
