// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.userevents.exporter.internal.otlp.TestMetrics.ATTRIBUTES;
import static io.userevents.exporter.internal.otlp.TestMetrics.RESOURCE;
import static io.userevents.exporter.internal.otlp.TestMetrics.SCOPE;
import static io.userevents.exporter.internal.otlp.TestMetrics.longGauge;
import static io.userevents.exporter.internal.otlp.TestMetrics.longPoint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordPackingTest {

  private static final int NO_POINT_LIMIT = Integer.MAX_VALUE;
  private static final Resource OTHER_RESOURCE =
      Resource.create(Attributes.builder().put("service.name", "other").build());
  private static final InstrumentationScopeInfo OTHER_SCOPE =
      InstrumentationScopeInfo.create("other");

  @Test
  void shouldFillRecordToTheLastByte() {
    MetricData three = gauge("a", 1, 2, 3);
    int exactLength = SdkMarshaler.marshal(three).length;

    assertThat(CollectedRecords.encode(exactLength, NO_POINT_LIMIT, List.of(three)).pointCounts)
        .containsExactly(3);
    assertThat(CollectedRecords.encode(exactLength - 1, NO_POINT_LIMIT, List.of(three)).pointCounts)
        .containsExactly(2, 1);
  }

  /** The points are loaded in groups, so a group's last point and the next one's first matter. */
  @ParameterizedTest
  @ValueSource(ints = {1, 31, 32, 33, 63, 64, 65})
  void shouldEncodeEachPointOnceAndInOrder(int points) {
    MetricData metric = gauge("a", LongStream.range(0, points).toArray());

    CollectedRecords actual = CollectedRecords.encode(16_500, NO_POINT_LIMIT, List.of(metric));

    assertThat(actual.records).containsExactly(SdkMarshaler.marshal(metric));
    assertThat(actual.pointCounts).containsExactly(points);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 383, 384, 385, 1024, 4048, 8168, 16_500})
  void shouldEndRecordOnlyWhereOneMorePointWouldExceedTheLimit(int maxRecordLength) {
    long[] values = LongStream.range(0, 700).toArray();
    MetricData metric = gauge("a", values);

    CollectedRecords actual =
        CollectedRecords.encode(maxRecordLength, NO_POINT_LIMIT, List.of(metric));

    int first = 0;
    for (int i = 0; i < actual.records.size(); i++) {
      int end = first + actual.pointCounts.get(i);
      long[] inRecord = LongStream.range(first, end).toArray();
      assertThat(actual.records.get(i))
          .isEqualTo(SdkMarshaler.marshal(gauge("a", inRecord)))
          .hasSizeLessThanOrEqualTo(maxRecordLength);
      if (end < values.length) {
        long[] withOneMore = LongStream.rangeClosed(first, end).toArray();
        assertThat(SdkMarshaler.marshal(gauge("a", withOneMore)))
            .hasSizeGreaterThan(maxRecordLength);
      }
      first = end;
    }
    assertThat(first).isEqualTo(values.length);
  }

  @Test
  void shouldKeepOrderOfMetricsAndPoints() throws Exception {
    List<MetricData> metrics = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int m = 0; m < 20; m++) {
      Resource resource = m % 7 < 4 ? RESOURCE : OTHER_RESOURCE;
      InstrumentationScopeInfo scope = m % 5 < 3 ? SCOPE : OTHER_SCOPE;
      metrics.add(longGauge(resource, scope, "m" + m, "", points(m, m + 1, m + 2)));
      for (int p = m; p < m + 3; p++) {
        expected.add("m" + m + "=" + p);
      }
    }

    CollectedRecords records = CollectedRecords.encode(600, NO_POINT_LIMIT, metrics);

    assertThat(records.records).hasSizeGreaterThan(3);
    assertThat(namesAndValues(records)).isEqualTo(expected);
  }

  @Test
  void shouldShareMessageOfConsecutiveEqualResourcesAndScopes() throws Exception {
    InstrumentationScopeInfo equalScope = TestMetrics.scope("1.2.3");
    Resource equalResource = Resource.create(RESOURCE.getAttributes(), RESOURCE.getSchemaUrl());

    CollectedRecords records =
        CollectedRecords.encode(
            8168,
            NO_POINT_LIMIT,
            List.of(
                longGauge(RESOURCE, SCOPE, "a", "", points(1)),
                longGauge(equalResource, equalScope, "b", "", points(2)),
                longGauge(RESOURCE, OTHER_SCOPE, "c", "", points(3)),
                longGauge(OTHER_RESOURCE, OTHER_SCOPE, "d", "", points(4)),
                longGauge(RESOURCE, SCOPE, "e", "", points(5))));

    ExportMetricsServiceRequest request = records.decoded().get(0);
    assertThat(request.getResourceMetricsList())
        .extracting(ResourceMetrics::getScopeMetricsCount)
        .containsExactly(2, 1, 1);
    assertThat(request.getResourceMetrics(0).getScopeMetricsList())
        .extracting(ScopeMetrics::getMetricsCount)
        .containsExactly(2, 1);
  }

  @Test
  void shouldRepeatResourceScopeAndMetricInEveryRecord() throws Exception {
    MetricData metric = gauge("a", 1, 2);
    ExportMetricsServiceRequest one = SdkMarshaler.request(gauge("a", 1));

    List<ExportMetricsServiceRequest> records =
        CollectedRecords.encode(4048, 1, List.of(metric)).decoded();

    assertThat(records).hasSize(2);
    assertThat(records.get(0)).isEqualTo(one);
    assertThat(records.get(1)).isEqualTo(SdkMarshaler.request(gauge("a", 2)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void shouldPutNoMorePointsIntoRecordThanAllowed(int maxPoints) {
    List<MetricData> metrics = List.of(gauge("a", 1, 2, 3), gauge("b", 4, 5, 6));

    CollectedRecords records = CollectedRecords.encode(4048, maxPoints, metrics);

    assertThat(records.pointCounts).hasSize(6 / maxPoints).containsOnly(maxPoints);
  }

  @Test
  void shouldMakeNothingOfMetricsWithoutPoints() {
    MetricData empty = gauge("empty");

    assertThat(CollectedRecords.encode(4048, NO_POINT_LIMIT, List.of()).records).isEmpty();
    assertThat(CollectedRecords.encode(4048, NO_POINT_LIMIT, List.of(empty)).records).isEmpty();
    assertThat(CollectedRecords.encodeToOne(empty, gauge("a", 1), empty))
        .isEqualTo(SdkMarshaler.marshal(gauge("a", 1)));
  }

  @Test
  void shouldHandOverEveryRecordBeforeReturningAndStartAfresh() {
    RecordEncoder encoder = new RecordEncoder(4048, NO_POINT_LIMIT, CollectedRecords.CACHE_MEMORY);
    for (int run = 0; run < 3; run++) {
      CollectedRecords sink = new CollectedRecords();
      MetricData metric = gauge("run" + run, run);
      encoder.encode(List.of(metric), sink);
      assertThat(sink.records).containsExactly(SdkMarshaler.marshal(metric));
    }
  }

  @Test
  void shouldStartAfreshAfterSinkThrewOnRecord() {
    assertStartsAfreshAfter(gauge("a", 1, 2, 3));
  }

  @Test
  void shouldStartAfreshAfterSinkThrewWhilePointsWerePending() {
    Attributes large = Attributes.builder().put("k", "x".repeat(5000)).build();
    assertStartsAfreshAfter(longGauge("a", longPoint(1, ATTRIBUTES), longPoint(2, large)));
  }

  private static void assertStartsAfreshAfter(MetricData metric) {
    RecordEncoder encoder = new RecordEncoder(4048, 2, CollectedRecords.CACHE_MEMORY);
    RecordSink failing =
        new RecordSink() {
          @Override
          public void onRecord(DirectBuffer buffer, int offset, int length, int points) {
            throw new IllegalStateException("sink failed");
          }

          @Override
          public void onEnvelopeReduced(EnvelopeReduction reduction) {
            throw new IllegalStateException("sink failed");
          }

          @Override
          public void onPointReduced(
              MetricData metric, PointData point, boolean withoutDescription) {
            throw new IllegalStateException("sink failed");
          }

          @Override
          public void onPointTooLarge(MetricData metric, PointData point, int encodedLength) {
            throw new IllegalStateException("sink failed");
          }
        };
    List<MetricData> metrics = List.of(metric);
    assertThatThrownBy(() -> encoder.encode(metrics, failing)).hasMessage("sink failed");

    CollectedRecords sink = new CollectedRecords();
    encoder.encode(List.of(gauge("b", 4)), sink);
    assertThat(sink.records).containsExactly(SdkMarshaler.marshal(gauge("b", 4)));
  }

  @Test
  void shouldRejectLimitsOutOfRange() {
    assertThatThrownBy(() -> new RecordEncoder(0, 1, CollectedRecords.CACHE_MEMORY))
        .hasMessageContaining("maxRecordLength=0");
    assertThatThrownBy(
            () -> new RecordEncoder(EncoderLimits.HIGHEST + 1, 1, CollectedRecords.CACHE_MEMORY))
        .hasMessageContaining("maxRecordLength=1048577");
    assertThatThrownBy(() -> new RecordEncoder(1, 0, CollectedRecords.CACHE_MEMORY))
        .hasMessageContaining("maxPointsPerRecord=0");
    assertThatThrownBy(() -> new RecordEncoder(1, 1, -1)).hasMessageContaining("cacheMemory=-1");
  }

  /** Nothing of it is longer than its share of 300 bytes. */
  private static MetricData gauge(String name, long... values) {
    return longGauge(RESOURCE, OTHER_SCOPE, name, "", points(values));
  }

  private static LongPointData[] points(long... values) {
    return LongStream.of(values)
        .mapToObj(value -> longPoint(value, ATTRIBUTES))
        .toArray(LongPointData[]::new);
  }

  private static List<String> namesAndValues(CollectedRecords records) throws Exception {
    List<String> all = new ArrayList<>();
    for (ExportMetricsServiceRequest request : records.decoded()) {
      for (ResourceMetrics resource : request.getResourceMetricsList()) {
        for (ScopeMetrics scope : resource.getScopeMetricsList()) {
          for (Metric metric : scope.getMetricsList()) {
            for (NumberDataPoint point : metric.getGauge().getDataPointsList()) {
              all.add(metric.getName() + "=" + point.getAsInt());
            }
          }
        }
      }
    }
    return all;
  }
}
