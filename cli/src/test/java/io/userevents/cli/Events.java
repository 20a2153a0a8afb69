// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;

/** Events for tests. Times are in seconds since 1970. */
public final class Events {

  private static final long NS = 1_000_000_000;

  private Events() {}

  /** An event with one metric. */
  public static byte[] of(String service, Metric.Builder metric) {
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    var resource = request.addResourceMetricsBuilder();
    resource.getResourceBuilder().addAttributes(attribute("service.name", service));
    resource.addScopeMetricsBuilder().addMetrics(metric);
    return request.build().toByteArray();
  }

  /** A counter with one point. */
  public static byte[] counter(
      String service,
      String name,
      String side,
      boolean isDelta,
      double from,
      double to,
      long value) {
    return of(
        service,
        Metric.newBuilder()
            .setName(name)
            .setSum(
                Sum.newBuilder()
                    .setIsMonotonic(true)
                    .setAggregationTemporality(
                        isDelta
                            ? AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
                            : AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                    .addDataPoints(point(from, to, side).setAsInt(value))));
  }

  /** A gauge with one point. */
  public static byte[] gauge(String service, String name, String side, double to, double value) {
    return of(
        service,
        Metric.newBuilder()
            .setName(name)
            .setGauge(Gauge.newBuilder().addDataPoints(point(0, to, side).setAsDouble(value))));
  }

  private static NumberDataPoint.Builder point(double from, double to, String side) {
    return NumberDataPoint.newBuilder()
        .setStartTimeUnixNano((long) (from * NS))
        .setTimeUnixNano((long) (to * NS))
        .addAttributes(attribute("side", side));
  }

  private static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }
}
