// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.userevents.exporter.internal.otlp.OtlpOracle.FlatPoint;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Compares the records of an export with the metrics they were made of, by {@link OtlpOracle}. */
final class OracleCheck {

  /** Resource and scope are written also if they are empty. */
  private static final int EMPTY_MESSAGE = 2;

  private OracleCheck() {}

  /** One limit for all records. */
  static void assertRecordsAreTheExport(
      CollectedRecords records, Collection<MetricData> metrics, int maxRecordLength, String name)
      throws InvalidProtocolBufferException {
    assertRecordsAreTheExport(
        records,
        metrics,
        new EncoderLimits(maxRecordLength, maxRecordLength, Integer.MAX_VALUE),
        name);
  }

  /**
   * The records, each decoded alone and all of them as one request, are the points of the export,
   * each exactly once and in order, less what the sink was told. Each record is what protobuf-java
   * writes.
   */
  static void assertRecordsAreTheExport(
      CollectedRecords records, Collection<MetricData> metrics, EncoderLimits limits, String name)
      throws InvalidProtocolBufferException {
    List<FlatPoint> alone = new ArrayList<>();
    ByteArrayOutputStream together = new ByteArrayOutputStream();
    for (int i = 0; i < records.records.size(); i++) {
      byte[] bytes = records.records.get(i);
      ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(bytes);
      List<FlatPoint> points = OtlpOracle.flatten(request);
      assertThat(bytes)
          .as("%s record=%d", name, i)
          .hasSizeLessThanOrEqualTo(
              points.size() == 1 ? limits.maxRecordLength() : limits.packedLength())
          .isEqualTo(request.toByteArray());
      assertThat(points).as("%s record=%d", name, i).hasSize(records.pointCounts.get(i));
      assertBudgetsAreKept(request, limits);
      alone.addAll(points);
      together.writeBytes(bytes);
    }
    List<FlatPoint> expected = expected(records, metrics, limits);
    assertThat(alone).as(name).isEqualTo(expected);
    assertThat(OtlpOracle.flatten(ExportMetricsServiceRequest.parseFrom(together.toByteArray())))
        .as("%s, all records as one request", name)
        .isEqualTo(expected);
  }

  private static void assertBudgetsAreKept(
      ExportMetricsServiceRequest request, EncoderLimits limits) {
    for (ResourceMetrics resource : request.getResourceMetricsList()) {
      assertThat(resource.toBuilder().clearScopeMetrics().build().getSerializedSize())
          .isLessThanOrEqualTo(Math.max(EMPTY_MESSAGE, limits.resourceBudget()));
      for (ScopeMetrics scope : resource.getScopeMetricsList()) {
        assertThat(scope.toBuilder().clearMetrics().build().getSerializedSize())
            .isLessThanOrEqualTo(Math.max(EMPTY_MESSAGE, limits.scopeBudget()));
        for (Metric metric : scope.getMetricsList()) {
          Metric header =
              Metric.newBuilder()
                  .setName(metric.getName())
                  .setDescription(metric.getDescription())
                  .setUnit(metric.getUnit())
                  .build();
          assertThat(header.getSerializedSize()).isLessThanOrEqualTo(limits.metricBudget());
        }
      }
    }
  }

  /** Checks the reports to the sink: no point lost a part for which there was room. */
  static void assertReportsAreRight(
      CollectedRecords records, Collection<MetricData> metrics, EncoderLimits limits, String name) {
    OtlpOracle oracle = new OtlpOracle(limits);
    List<CollectedRecords.Reduced> reduced = new ArrayList<>();
    List<CollectedRecords.TooLarge> tooLarge = new ArrayList<>();
    for (MetricData metric : metrics) {
      for (PointData point : metric.getData().getPoints()) {
        if (oracle.whole(metric, point).lengthAlone() <= limits.maxRecordLength()) {
          continue;
        }
        boolean hasExemplars = !point.getExemplars().isEmpty();
        int bareLength = oracle.withoutExemplarsAndDescription(metric, point).lengthAlone();
        if (hasExemplars
            && oracle.withoutExemplars(metric, point).lengthAlone() <= limits.maxRecordLength()) {
          reduced.add(new CollectedRecords.Reduced(metric, point, false));
        } else if (bareLength <= limits.maxRecordLength()) {
          reduced.add(new CollectedRecords.Reduced(metric, point, true));
        } else {
          tooLarge.add(new CollectedRecords.TooLarge(metric, point, bareLength));
        }
      }
    }
    assertThat(records.reduced).as(name).isEqualTo(reduced);
    assertThat(records.tooLarge).as(name).isEqualTo(tooLarge);
  }

  private static List<FlatPoint> expected(
      CollectedRecords records, Collection<MetricData> metrics, EncoderLimits limits) {
    OtlpOracle oracle = new OtlpOracle(limits);
    List<FlatPoint> expected = new ArrayList<>();
    // The sink was told in the order of the points.
    int reduced = 0;
    int tooLarge = 0;
    for (MetricData metric : metrics) {
      for (PointData point : metric.getData().getPoints()) {
        if (tooLarge < records.tooLarge.size()
            && records.tooLarge.get(tooLarge).isAbout(metric, point)) {
          tooLarge++;
        } else if (reduced < records.reduced.size()
            && records.reduced.get(reduced).isAbout(metric, point)) {
          expected.add(
              records.reduced.get(reduced).withoutDescription()
                  ? oracle.withoutExemplarsAndDescription(metric, point)
                  : oracle.withoutExemplars(metric, point));
          reduced++;
        } else {
          expected.add(oracle.whole(metric, point));
        }
      }
    }
    assertThat(tooLarge).isEqualTo(records.tooLarge.size());
    assertThat(reduced).isEqualTo(records.reduced.size());
    return expected;
  }
}
