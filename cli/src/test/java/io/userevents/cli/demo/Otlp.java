// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;

/** Messages for tests. */
final class Otlp {

  private Otlp() {}

  static KeyValue attribute(String key, String value) {
    return attribute(key, AnyValue.newBuilder().setStringValue(value).build());
  }

  static KeyValue attribute(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  /** Bytes of an event of this instance, with so many points. */
  static byte[] counterEvent(String instanceId, int points) {
    Sum.Builder sum = Sum.newBuilder();
    for (int i = 0; i < points; i++) {
      sum.addDataPoints(NumberDataPoint.newBuilder().setAsInt(i));
    }
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    var resource = request.addResourceMetricsBuilder();
    resource
        .getResourceBuilder()
        .addAttributes(attribute("service.name", "test"))
        .addAttributes(attribute(OwnPoints.INSTANCE_ID, instanceId));
    resource.addScopeMetricsBuilder().addMetrics(Metric.newBuilder().setName("other").setSum(sum));
    return request.build().toByteArray();
  }
}
