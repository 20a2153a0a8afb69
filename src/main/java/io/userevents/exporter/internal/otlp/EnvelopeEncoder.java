// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.internal.otlp.OtlpFields.ExportMetricsServiceRequest;
import io.userevents.exporter.internal.otlp.OtlpFields.InstrumentationScope;
import io.userevents.exporter.internal.otlp.OtlpFields.Metric;
import io.userevents.exporter.internal.otlp.OtlpFields.MetricKind;
import io.userevents.exporter.internal.otlp.OtlpFields.ResourceMetrics;
import io.userevents.exporter.internal.otlp.OtlpFields.ScopeMetrics;

/** Finds or writes the envelopes of the messages around data points. Not thread-safe. */
final class EnvelopeEncoder {

  private static final int TRUE = 1;

  private final AttributesEncoder attributes;
  private final EncodedCache cache;
  private final MetricHeader header = new MetricHeader();

  EnvelopeEncoder(AttributesEncoder attributes, EncodedCache cache) {
    this.attributes = attributes;
    this.cache = cache;
  }

  void resourceMetrics(Envelope envelope, Resource resource) {
    int entry = cache.find(resource, ExportMetricsServiceRequest.RESOURCE_METRICS);
    if (entry != EncodedCache.NONE) {
      envelope.set(ExportMetricsServiceRequest.RESOURCE_METRICS, cache, entry);
      return;
    }
    ProtoWriter writer = envelope.beginSuffix(ExportMetricsServiceRequest.RESOURCE_METRICS);
    writer.stringFieldUnlessEmpty(ResourceMetrics.SCHEMA_URL, resource.getSchemaUrl());
    envelope.beginPrefix();
    resource(writer, attributes, resource);
    envelope.end(cache, resource);
  }

  void scopeMetrics(Envelope envelope, InstrumentationScopeInfo scope) {
    int entry = cache.find(scope, ResourceMetrics.SCOPE_METRICS);
    if (entry != EncodedCache.NONE) {
      envelope.set(ResourceMetrics.SCOPE_METRICS, cache, entry);
      return;
    }
    ProtoWriter writer = envelope.beginSuffix(ResourceMetrics.SCOPE_METRICS);
    writer.stringFieldUnlessEmpty(ScopeMetrics.SCHEMA_URL, scope.getSchemaUrl());
    envelope.beginPrefix();
    scope(writer, attributes, scope);
    envelope.end(cache, scope);
  }

  /** Metric: its one child is the message of its kind, whose envelope is {@link #kind}'s. */
  void metric(Envelope envelope, MetricData metric) {
    int entry = cache.find(header.set(metric), ScopeMetrics.METRICS);
    if (entry != EncodedCache.NONE) {
      envelope.set(ScopeMetrics.METRICS, cache, entry);
      return;
    }
    metric(envelope, metric, metric.getDescription());
    envelope.end(cache, header.copy());
  }

  void metricWithoutDescription(Envelope envelope, MetricData metric) {
    metric(envelope, metric, "");
    envelope.end();
  }

  private static void metric(Envelope envelope, MetricData metric, String description) {
    ProtoWriter writer = envelope.beginSuffix(ScopeMetrics.METRICS);
    envelope.beginPrefix();
    header(writer, metric.getName(), description, metric.getUnit());
  }

  /** The field {@code resource} of ResourceMetrics. */
  static void resource(ProtoWriter writer, AttributesEncoder attributes, Resource resource) {
    int end = writer.length();
    attributes.encode(writer, OtlpFields.Resource.ATTRIBUTES, resource.getAttributes());
    writer.messageHeader(ResourceMetrics.RESOURCE, end);
  }

  /** The field {@code scope} of ScopeMetrics. */
  static void scope(
      ProtoWriter writer, AttributesEncoder attributes, InstrumentationScopeInfo scope) {
    int end = writer.length();
    attributes.encode(writer, InstrumentationScope.ATTRIBUTES, scope.getAttributes());
    writer.stringFieldUnlessEmpty(InstrumentationScope.VERSION, scope.getVersion());
    writer.stringFieldUnlessEmpty(InstrumentationScope.NAME, scope.getName());
    writer.messageHeader(ScopeMetrics.SCOPE, end);
  }

  /** The fields of Metric before its data. */
  static void header(ProtoWriter writer, String name, String description, String unit) {
    writer.stringFieldUnlessEmpty(Metric.UNIT, unit);
    writer.stringFieldUnlessEmpty(Metric.DESCRIPTION, description);
    writer.stringFieldUnlessEmpty(Metric.NAME, name);
  }

  /** Gauge, Sum, Histogram, ExponentialHistogram or Summary. */
  void kind(Envelope envelope, MetricData metric) {
    ProtoWriter writer = envelope.beginSuffix(kindTag(metric));
    switch (metric.getType()) {
      case LONG_GAUGE, DOUBLE_GAUGE, SUMMARY -> {}
      case LONG_SUM -> sum(writer, metric.getLongSumData());
      case DOUBLE_SUM -> sum(writer, metric.getDoubleSumData());
      case HISTOGRAM -> temporality(writer, metric.getHistogramData().getAggregationTemporality());
      case EXPONENTIAL_HISTOGRAM ->
          temporality(writer, metric.getExponentialHistogramData().getAggregationTemporality());
    }
    envelope.beginPrefix();
    envelope.end();
  }

  private static int kindTag(MetricData metric) {
    return switch (metric.getType()) {
      case LONG_GAUGE, DOUBLE_GAUGE -> Metric.GAUGE;
      case LONG_SUM, DOUBLE_SUM -> Metric.SUM;
      case HISTOGRAM -> Metric.HISTOGRAM;
      case EXPONENTIAL_HISTOGRAM -> Metric.EXPONENTIAL_HISTOGRAM;
      case SUMMARY -> Metric.SUMMARY;
    };
  }

  /** The fields of Sum behind its points. */
  static void sum(ProtoWriter writer, boolean monotonic, AggregationTemporality temporality) {
    if (monotonic) {
      writer.varintField(MetricKind.IS_MONOTONIC, TRUE);
    }
    temporality(writer, temporality);
  }

  private static void sum(ProtoWriter writer, SumData<?> sum) {
    sum(writer, sum.isMonotonic(), sum.getAggregationTemporality());
  }

  private static void temporality(ProtoWriter writer, AggregationTemporality temporality) {
    int number =
        switch (temporality) {
          case DELTA -> MetricKind.TEMPORALITY_DELTA;
          case CUMULATIVE -> MetricKind.TEMPORALITY_CUMULATIVE;
        };
    writer.varintField(MetricKind.AGGREGATION_TEMPORALITY, number);
  }
}
