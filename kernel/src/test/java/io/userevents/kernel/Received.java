// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.util.ArrayList;
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

  static int points(Metric metric) {
    return metric.getGauge().getDataPointsCount()
        + metric.getSum().getDataPointsCount()
        + metric.getHistogram().getDataPointsCount()
        + metric.getExponentialHistogram().getDataPointsCount()
        + metric.getSummary().getDataPointsCount();
  }

  static int points(List<byte[]> buffers) throws InvalidProtocolBufferException {
    int points = 0;
    for (Metric metric : metrics(buffers)) {
      points += points(metric);
    }
    return points;
  }
}
