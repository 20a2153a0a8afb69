// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of an event that belongs to one metric, which is a sum.
 *
 * @param envelope the request for this metric without its points: resource, scope and the metric's
 *     header
 * @param points of the metric that are in the event
 */
record MetricPart(ExportMetricsServiceRequest envelope, List<NumberDataPoint> points) {

  /** The parts of an event in its order, decoded with the official classes. */
  static List<MetricPart> decode(byte[] event) throws InvalidProtocolBufferException {
    List<MetricPart> parts = new ArrayList<>();
    ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(event);
    for (ResourceMetrics resource : request.getResourceMetricsList()) {
      for (ScopeMetrics scope : resource.getScopeMetricsList()) {
        for (Metric metric : scope.getMetricsList()) {
          parts.add(
              new MetricPart(
                  envelope(request, resource, scope, metric), metric.getSum().getDataPointsList()));
        }
      }
    }
    return parts;
  }

  // Built from the decoded message, so that unexpected fields stay in it.
  private static ExportMetricsServiceRequest envelope(
      ExportMetricsServiceRequest request,
      ResourceMetrics resource,
      ScopeMetrics scope,
      Metric metric) {
    Metric.Builder withoutPoints = metric.toBuilder();
    withoutPoints.getSumBuilder().clearDataPoints();
    return request.toBuilder()
        .clearResourceMetrics()
        .addResourceMetrics(
            resource.toBuilder()
                .clearScopeMetrics()
                .addScopeMetrics(scope.toBuilder().clearMetrics().addMetrics(withoutPoints)))
        .build();
  }
}
