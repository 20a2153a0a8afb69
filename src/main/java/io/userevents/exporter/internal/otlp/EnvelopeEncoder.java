// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.internal.otlp.OtlpFields.ExportMetricsServiceRequest;
import io.userevents.exporter.internal.otlp.OtlpFields.Metric;
import io.userevents.exporter.internal.otlp.OtlpFields.MetricKind;
import io.userevents.exporter.internal.otlp.OtlpFields.ResourceMetrics;
import io.userevents.exporter.internal.otlp.OtlpFields.ScopeMetrics;
import org.jspecify.annotations.Nullable;

/**
 * Finds or writes the envelopes of the messages around data points. An envelope that is longer than
 * its budget is cut, and the sink receives the cuts. This class is not thread-safe.
 */
final class EnvelopeEncoder {

  private static final int TRUE = 1;

  private final EncoderLimits limits;
  private final EncodedCache cache;
  private final MetricHeader header = new MetricHeader();
  private final ResourceContent resourceContent;
  private final ScopeContent scopeContent = new ScopeContent();
  private final MetricContent metricContent = new MetricContent();

  EnvelopeEncoder(EncoderLimits limits, NamePatterns excluded, EncodedCache cache) {
    this.limits = limits;
    this.cache = cache;
    this.resourceContent = new ResourceContent(excluded);
  }

  void resourceMetrics(Envelope envelope, Resource resource, RecordSink sink) {
    int entry = cache.find(resource, ExportMetricsServiceRequest.RESOURCE_METRICS);
    if (entry != EncodedCache.NONE) {
      envelope.set(ExportMetricsServiceRequest.RESOURCE_METRICS, cache, entry);
      return;
    }
    EnvelopeReduction reduction =
        write(
            envelope,
            ExportMetricsServiceRequest.RESOURCE_METRICS,
            resourceContent.take(resource),
            limits.resourceBudget());
    envelope.end(cache, resource);
    tell(reduction, sink);
  }

  void scopeMetrics(Envelope envelope, InstrumentationScopeInfo scope, RecordSink sink) {
    int entry = cache.find(scope, ResourceMetrics.SCOPE_METRICS);
    if (entry != EncodedCache.NONE) {
      envelope.set(ResourceMetrics.SCOPE_METRICS, cache, entry);
      return;
    }
    EnvelopeReduction reduction =
        write(
            envelope,
            ResourceMetrics.SCOPE_METRICS,
            scopeContent.take(scope),
            limits.scopeBudget());
    envelope.end(cache, scope);
    tell(reduction, sink);
  }

  /** Encodes Metric, whose only child is the message of its kind; see {@link #kind}. */
  void metric(Envelope envelope, MetricData metric, RecordSink sink) {
    int entry = cache.find(header.set(metric), ScopeMetrics.METRICS);
    if (entry != EncodedCache.NONE) {
      envelope.set(ScopeMetrics.METRICS, cache, entry);
      return;
    }
    EnvelopeReduction reduction = metric(envelope, metric, metric.getDescription());
    envelope.end(cache, header.copy());
    tell(reduction, sink);
  }

  /**
   * Encodes Metric without its description; other cuts were reported when it was encoded with it.
   */
  void metricWithoutDescription(Envelope envelope, MetricData metric) {
    EnvelopeReduction unused = metric(envelope, metric, "");
    envelope.end();
  }

  private @Nullable EnvelopeReduction metric(
      Envelope envelope, MetricData metric, String description) {
    return write(
        envelope,
        ScopeMetrics.METRICS,
        metricContent.take(metric.getName(), description, metric.getUnit()),
        limits.metricBudget());
  }

  /** Writes an envelope and returns the cuts, or null if there are none. */
  private static @Nullable EnvelopeReduction write(
      Envelope envelope, int tag, EnvelopeContent content, int budget) {
    try {
      EnvelopeReduction reduction = null;
      if (write(envelope, tag, content) > budget) {
        reduction = content.reduceTo(budget);
        int unused = write(envelope, tag, content);
      }
      return reduction;
    } finally {
      content.clear();
    }
  }

  private static int write(Envelope envelope, int tag, EnvelopeContent content) {
    ProtoWriter writer = envelope.beginSuffix(tag);
    content.writeSuffix(writer);
    envelope.beginPrefix();
    content.writePrefix(writer);
    return writer.length();
  }

  private static void tell(@Nullable EnvelopeReduction reduction, RecordSink sink) {
    // Without a cut, there is nothing that the application could change, for example with a budget
    // of 0.
    if (reduction != null && !reduction.cuts().isEmpty()) {
      sink.onEnvelopeReduced(reduction);
    }
  }

  /** Encodes Gauge, Sum, Histogram, ExponentialHistogram or Summary. */
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

  /** Writes the fields of Sum behind its points. */
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
