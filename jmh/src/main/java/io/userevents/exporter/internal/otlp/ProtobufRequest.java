// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Makes the messages of protobuf-java from the metrics of {@link CollectedMetrics}: one resource,
 * one scope, attributes that are strings or longs, delta temporality, no exemplars.
 */
final class ProtobufRequest {

  private ProtobufRequest() {}

  static ExportMetricsServiceRequest of(Collection<MetricData> metrics) {
    MetricData first = metrics.iterator().next();
    InstrumentationScopeInfo scope = first.getInstrumentationScopeInfo();
    ScopeMetrics.Builder scopeMetrics =
        ScopeMetrics.newBuilder()
            .setScope(InstrumentationScope.newBuilder().setName(scope.getName()));
    for (MetricData metric : metrics) {
      scopeMetrics.addMetrics(metric(metric));
    }
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .setResource(
                    Resource.newBuilder()
                        .addAllAttributes(attributes(first.getResource().getAttributes())))
                .addScopeMetrics(scopeMetrics))
        .build();
  }

  private static Metric metric(MetricData data) {
    Metric.Builder metric =
        Metric.newBuilder()
            .setName(data.getName())
            .setDescription(data.getDescription())
            .setUnit(data.getUnit());
    switch (data.getType()) {
      case LONG_SUM -> {
        metric
            .getSumBuilder()
            .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
            .setIsMonotonic(data.getLongSumData().isMonotonic());
        for (LongPointData point : data.getLongSumData().getPoints()) {
          metric
              .getSumBuilder()
              .addDataPoints(
                  NumberDataPoint.newBuilder()
                      .setStartTimeUnixNano(point.getStartEpochNanos())
                      .setTimeUnixNano(point.getEpochNanos())
                      .setAsInt(point.getValue())
                      .addAllAttributes(attributes(point.getAttributes())));
        }
      }
      case DOUBLE_GAUGE -> {
        for (DoublePointData point : data.getDoubleGaugeData().getPoints()) {
          metric
              .getGaugeBuilder()
              .addDataPoints(
                  NumberDataPoint.newBuilder()
                      .setStartTimeUnixNano(point.getStartEpochNanos())
                      .setTimeUnixNano(point.getEpochNanos())
                      .setAsDouble(point.getValue())
                      .addAllAttributes(attributes(point.getAttributes())));
        }
      }
      case HISTOGRAM -> {
        metric
            .getHistogramBuilder()
            .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA);
        for (HistogramPointData point : data.getHistogramData().getPoints()) {
          metric.getHistogramBuilder().addDataPoints(histogramPoint(point));
        }
      }
      case EXPONENTIAL_HISTOGRAM -> {
        metric
            .getExponentialHistogramBuilder()
            .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA);
        for (ExponentialHistogramPointData point : data.getExponentialHistogramData().getPoints()) {
          metric.getExponentialHistogramBuilder().addDataPoints(exponentialPoint(point));
        }
      }
      default -> throw new IllegalArgumentException("type=" + data.getType());
    }
    return metric.build();
  }

  private static HistogramDataPoint histogramPoint(HistogramPointData point) {
    return HistogramDataPoint.newBuilder()
        .setStartTimeUnixNano(point.getStartEpochNanos())
        .setTimeUnixNano(point.getEpochNanos())
        .setCount(point.getCount())
        .setSum(point.getSum())
        .addAllBucketCounts(point.getCounts())
        .addAllExplicitBounds(point.getBoundaries())
        .addAllAttributes(attributes(point.getAttributes()))
        .setMin(point.getMin())
        .setMax(point.getMax())
        .build();
  }

  private static ExponentialHistogramDataPoint exponentialPoint(
      ExponentialHistogramPointData point) {
    return ExponentialHistogramDataPoint.newBuilder()
        .addAllAttributes(attributes(point.getAttributes()))
        .setStartTimeUnixNano(point.getStartEpochNanos())
        .setTimeUnixNano(point.getEpochNanos())
        .setCount(point.getCount())
        .setSum(point.getSum())
        .setScale(point.getScale())
        .setZeroCount(point.getZeroCount())
        .setPositive(buckets(point.getPositiveBuckets()))
        .setNegative(buckets(point.getNegativeBuckets()))
        .setMin(point.getMin())
        .setMax(point.getMax())
        .build();
  }

  private static ExponentialHistogramDataPoint.Buckets buckets(
      ExponentialHistogramBuckets buckets) {
    return ExponentialHistogramDataPoint.Buckets.newBuilder()
        .setOffset(buckets.getOffset())
        .addAllBucketCounts(buckets.getBucketCounts())
        .build();
  }

  private static List<KeyValue> attributes(Attributes attributes) {
    List<KeyValue> keyValues = new ArrayList<>(attributes.size());
    attributes.forEach(
        (key, value) -> {
          AnyValue.Builder any = AnyValue.newBuilder();
          if (value instanceof String text) {
            any.setStringValue(text);
          } else {
            any.setIntValue((Long) value);
          }
          keyValues.add(KeyValue.newBuilder().setKey(key.getKey()).setValue(any).build());
        });
    return keyValues;
  }
}
