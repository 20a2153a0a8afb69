// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.ArrayList;
import java.util.List;

/** Events as applications write them, with numbered points. */
final class Payloads {

  static final String METRIC = "test.numbers";

  private Payloads() {}

  /** One event with the points from {@code first} on. */
  static byte[] event(String service, long first, int points) {
    return event(service, METRIC, first, points);
  }

  static byte[] event(String service, String metric, long first, int points) {
    Metric.Builder numbers = Metric.newBuilder().setName(metric);
    for (int i = 0; i < points; i++) {
      numbers
          .getGaugeBuilder()
          .addDataPoints(NumberDataPoint.newBuilder().setTimeUnixNano(1).setAsInt(first + i));
    }
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .setResource(
                    Resource.newBuilder()
                        .addAttributes(
                            KeyValue.newBuilder()
                                .setKey("service.name")
                                .setValue(AnyValue.newBuilder().setStringValue(service))))
                .addScopeMetrics(ScopeMetrics.newBuilder().addMetrics(numbers)))
        .build()
        .toByteArray();
  }

  /** An event whose lengths do not fit, in a metric. */
  static byte[] malformed() {
    // ResourceMetrics > ScopeMetrics > Metric with a name that ends behind it.
    return new byte[] {0x0A, 0x06, 0x12, 0x04, 0x12, 0x02, 0x0A, 0x7F};
  }

  /** The numbers of all points of a service, in the order of the requests. */
  static List<Long> numbers(List<ExportMetricsServiceRequest> requests, String service) {
    List<Long> numbers = new ArrayList<>();
    for (ExportMetricsServiceRequest request : requests) {
      for (ResourceMetrics resource : request.getResourceMetricsList()) {
        if (resource.getResource().getAttributes(0).getValue().getStringValue().equals(service)) {
          resource
              .getScopeMetricsList()
              .forEach(
                  scope ->
                      scope
                          .getMetricsList()
                          .forEach(
                              metric ->
                                  metric
                                      .getGauge()
                                      .getDataPointsList()
                                      .forEach(point -> numbers.add(point.getAsInt()))));
        }
      }
    }
    return numbers;
  }
}
