// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.health;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Encodes the agent's own metrics as an OTLP request. Counts are cumulative since the start of the
 * agent, so a lost request loses no data.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class SelfMetrics {

  private static final String SCOPE = "io.userevents.agent";

  private static final String VERSION = "service.version";

  private final Resource resource;
  private final String version;
  private final long startNs;

  /**
   * Creates the encoder for an agent.
   *
   * @param resourceAttributes such as {@code service.name}; empty values are left out. The version
   *     of the service is that of the scope as well
   * @param startMs time of the agent's start, in ms since 1970
   */
  public SelfMetrics(Map<String, String> resourceAttributes, long startMs) {
    Resource.Builder builder = Resource.newBuilder();
    resourceAttributes.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            builder.addAttributes(attribute(name, value));
          }
        });
    resource = builder.build();
    version = resourceAttributes.getOrDefault(VERSION, "");
    startNs = TimeUnit.MILLISECONDS.toNanos(startMs);
  }

  /** Returns the request with these values. */
  public byte[] encode(List<Measure> measures, long nowMs) {
    Map<String, Metric.Builder> byName = new LinkedHashMap<>();
    for (Measure measure : measures) {
      Metric.Builder metric = byName.computeIfAbsent(measure.name(), name -> metric(measure));
      NumberDataPoint point = point(measure, TimeUnit.MILLISECONDS.toNanos(nowMs));
      if (measure.kind() == Measure.Kind.COUNTER) {
        metric.getSumBuilder().addDataPoints(point);
      } else {
        metric.getGaugeBuilder().addDataPoints(point);
      }
    }
    ScopeMetrics.Builder scope = ScopeMetrics.newBuilder();
    scope.getScopeBuilder().setName(SCOPE).setVersion(version);
    byName.values().forEach(scope::addMetrics);
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder().setResource(resource).addScopeMetrics(scope))
        .build()
        .toByteArray();
  }

  private static Metric.Builder metric(Measure measure) {
    Metric.Builder metric =
        Metric.newBuilder()
            .setName(measure.name())
            .setUnit(measure.unit())
            .setDescription(measure.description());
    if (measure.kind() == Measure.Kind.COUNTER) {
      metric.setSum(
          Sum.newBuilder()
              .setIsMonotonic(true)
              .setAggregationTemporality(
                  AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE));
    } else {
      metric.setGauge(Gauge.getDefaultInstance());
    }
    return metric;
  }

  private NumberDataPoint point(Measure measure, long nowNs) {
    NumberDataPoint.Builder point =
        NumberDataPoint.newBuilder().setTimeUnixNano(nowNs).setAsInt(measure.value());
    if (measure.kind() == Measure.Kind.COUNTER) {
      point.setStartTimeUnixNano(startNs);
    }
    if (!measure.label().isEmpty()) {
      point.addAttributes(attribute(measure.label(), measure.labelValue()));
    }
    return point.build();
  }

  private static KeyValue attribute(String name, String value) {
    return KeyValue.newBuilder()
        .setKey(name)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }
}
