// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Buffers of events, decoded with the official classes. */
final class Received {

  private Received() {}

  static List<ExportMetricsServiceRequest> decode(List<byte[]> buffers)
      throws InvalidProtocolBufferException {
    List<ExportMetricsServiceRequest> requests = new ArrayList<>();
    for (byte[] buffer : buffers) {
      requests.add(ExportMetricsServiceRequest.parseFrom(buffer));
    }
    return requests;
  }

  /** All metrics, in the order of arrival; one that is split over records occurs several times. */
  static List<Metric> metrics(List<byte[]> buffers) throws InvalidProtocolBufferException {
    List<Metric> metrics = new ArrayList<>();
    for (ExportMetricsServiceRequest request : decode(buffers)) {
      for (ResourceMetrics resource : request.getResourceMetricsList()) {
        for (ScopeMetrics scope : resource.getScopeMetricsList()) {
          metrics.addAll(scope.getMetricsList());
        }
      }
    }
    return metrics;
  }

  /** One metric with the points of both, whose headers have to be equal. */
  static Metric join(Metric first, Metric second) {
    assertThat(withoutPoints(second)).isEqualTo(withoutPoints(first));
    Metric.Builder joined = first.toBuilder();
    if (first.hasSum()) {
      joined.getSumBuilder().addAllDataPoints(second.getSum().getDataPointsList());
    } else if (first.hasGauge()) {
      joined.getGaugeBuilder().addAllDataPoints(second.getGauge().getDataPointsList());
    } else {
      throw new AssertionError("nothing in the tests splits this: " + first);
    }
    return joined.build();
  }

  /** The same metric with its points in the order of their attributes as text. */
  static Metric sorted(Metric metric) {
    Comparator<NumberDataPoint> order =
        Comparator.comparing(point -> point.getAttributesList().toString());
    Metric.Builder builder = metric.toBuilder();
    if (metric.hasSum()) {
      builder
          .getSumBuilder()
          .clearDataPoints()
          .addAllDataPoints(metric.getSum().getDataPointsList().stream().sorted(order).toList());
    } else if (metric.hasGauge()) {
      builder
          .getGaugeBuilder()
          .clearDataPoints()
          .addAllDataPoints(metric.getGauge().getDataPointsList().stream().sorted(order).toList());
    }
    return builder.build();
  }

  private static Metric withoutPoints(Metric metric) {
    Metric.Builder builder = metric.toBuilder();
    if (metric.hasSum()) {
      builder.getSumBuilder().clearDataPoints();
    } else if (metric.hasGauge()) {
      builder.getGaugeBuilder().clearDataPoints();
    }
    return builder.build();
  }
}
