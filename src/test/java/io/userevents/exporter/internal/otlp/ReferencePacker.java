// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.sdk.metrics.data.MetricData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of packing, done the slow way: with the messages of the SDK's marshaler, protobuf's own
 * builders and serialiser, and a whole encoding for each question whether a point still fits.
 */
final class ReferencePacker {

  /** Numbers that change whenever a metric's resource, scope or the metric itself does. */
  private record Run(int resource, int scope, int metric) {}

  /** One point with all that it needs around it. */
  private record Single(Run run, ResourceMetrics message) {

    Single with(Metric.Builder changed) {
      ResourceMetrics.Builder builder = message.toBuilder();
      builder.getScopeMetricsBuilder(0).setMetrics(0, changed);
      return new Single(run, builder.build());
    }

    /** In a separate message, which those next to it share. */
    Single withoutDescription() {
      Run apart = new Run(run.resource, run.scope, -run.metric);
      return new Single(apart, with(inner().toBuilder().clearDescription()).message);
    }

    Metric inner() {
      return message.getScopeMetrics(0).getMetrics(0);
    }
  }

  final List<byte[]> records = new ArrayList<>();
  final List<Integer> pointCounts = new ArrayList<>();
  final List<Integer> tooLarge = new ArrayList<>();
  int reducedByExemplars;
  int reducedByDescription;

  private final EncoderLimits limits;
  private final List<Single> current = new ArrayList<>();

  ReferencePacker(EncoderLimits limits) {
    this.limits = limits;
  }

  void pack(List<MetricData> metrics) {
    @Nullable MetricData last = null;
    Run run = new Run(0, 0, 0);
    for (MetricData metric : metrics) {
      if (!metric.isEmpty()) {
        run = next(run, last, metric);
        last = metric;
        for (Single single : split(metric, run)) {
          place(single);
        }
      }
    }
    complete();
  }

  private Run next(Run run, @Nullable MetricData last, MetricData metric) {
    if (last == null || !resource(last).equals(resource(metric))) {
      return new Run(run.resource + 1, run.scope + 1, run.metric + 1);
    }
    if (!scope(last).equals(scope(metric))) {
      return new Run(run.resource, run.scope + 1, run.metric + 1);
    }
    return new Run(run.resource, run.scope, run.metric + 1);
  }

  /** As a reader sees it, to whom two resources are the same whose texts OTLP cannot express. */
  private ResourceMetrics resource(MetricData metric) {
    return withinBudgets(metric).toBuilder().clearScopeMetrics().build();
  }

  private ScopeMetrics scope(MetricData metric) {
    return withinBudgets(metric).getScopeMetrics(0).toBuilder().clearMetrics().build();
  }

  private ResourceMetrics withinBudgets(MetricData metric) {
    ResourceMetrics whole = SdkMarshaler.request(metric).getResourceMetrics(0);
    ResourceMetrics resource = BudgetOracle.resource(metric, limits);
    ScopeMetrics scope = BudgetOracle.scope(metric, limits);
    Metric header = BudgetOracle.metric(metric, metric.getDescription(), limits);
    ResourceMetrics.Builder builder = whole.toBuilder();
    if (resource != null) {
      builder.setResource(resource.getResource()).setSchemaUrl(resource.getSchemaUrl());
    }
    ScopeMetrics.Builder scopeBuilder = builder.getScopeMetricsBuilder(0);
    if (scope != null) {
      scopeBuilder.setScope(scope.getScope()).setSchemaUrl(scope.getSchemaUrl());
    }
    if (header != null) {
      scopeBuilder
          .getMetricsBuilder(0)
          .setName(header.getName())
          .setDescription(header.getDescription())
          .setUnit(header.getUnit());
    }
    return builder.build();
  }

  private void place(Single single) {
    if (placed(single)) {
      return;
    }
    Single bare = single.with(withoutExemplars(single.inner()));
    if (placed(bare)) {
      reducedByExemplars++;
      return;
    }
    Single undescribed = bare.withoutDescription();
    if (placed(undescribed)) {
      reducedByDescription++;
    } else {
      tooLarge.add(merge(List.of(undescribed)).length);
    }
  }

  private boolean placed(Single single) {
    List<Single> more = new ArrayList<>(current);
    more.add(single);
    int lengthAlone = merge(List.of(single)).length;
    if (merge(more).length > limits.packedLength()) {
      if (lengthAlone > limits.maxRecordLength()) {
        return false;
      }
      complete();
    }
    current.add(single);
    if (lengthAlone > limits.packedLength() || current.size() == limits.maxPointsPerRecord()) {
      complete();
    }
    return true;
  }

  private void complete() {
    if (!current.isEmpty()) {
      records.add(merge(current));
      pointCounts.add(current.size());
      current.clear();
    }
  }

  private static byte[] merge(List<Single> singles) {
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    @Nullable Run last = null;
    for (Single single : singles) {
      ScopeMetrics scope = single.message.getScopeMetrics(0);
      if (last == null || last.resource != single.run.resource) {
        request.addResourceMetrics(single.message);
      } else {
        ResourceMetrics.Builder resource =
            request.getResourceMetricsBuilder(request.getResourceMetricsCount() - 1);
        ScopeMetrics.Builder lastScope =
            resource.getScopeMetricsBuilder(resource.getScopeMetricsCount() - 1);
        if (last.scope != single.run.scope) {
          resource.addScopeMetrics(scope);
        } else if (last.metric != single.run.metric) {
          lastScope.addMetrics(single.inner());
        } else {
          // Merging concatenates the one repeated field, the points.
          lastScope.getMetricsBuilder(lastScope.getMetricsCount() - 1).mergeFrom(single.inner());
        }
      }
      last = single.run;
    }
    return request.build().toByteArray();
  }

  private List<Single> split(MetricData metric, Run run) {
    Single all = new Single(run, withinBudgets(metric));
    List<Single> singles = new ArrayList<>();
    for (int i = 0; i < metric.getData().getPoints().size(); i++) {
      singles.add(all.with(withOnePoint(all.inner(), i)));
    }
    return singles;
  }

  private static Metric.Builder withOnePoint(Metric metric, int index) {
    Metric.Builder one = metric.toBuilder();
    switch (metric.getDataCase()) {
      case GAUGE ->
          one.getGaugeBuilder()
              .clearDataPoints()
              .addDataPoints(metric.getGauge().getDataPoints(index));
      case SUM ->
          one.getSumBuilder().clearDataPoints().addDataPoints(metric.getSum().getDataPoints(index));
      case HISTOGRAM ->
          one.getHistogramBuilder()
              .clearDataPoints()
              .addDataPoints(metric.getHistogram().getDataPoints(index));
      case EXPONENTIAL_HISTOGRAM ->
          one.getExponentialHistogramBuilder()
              .clearDataPoints()
              .addDataPoints(metric.getExponentialHistogram().getDataPoints(index));
      case SUMMARY ->
          one.getSummaryBuilder()
              .clearDataPoints()
              .addDataPoints(metric.getSummary().getDataPoints(index));
      case DATA_NOT_SET -> throw new AssertionError("metric without data");
    }
    return one;
  }

  private static Metric.Builder withoutExemplars(Metric metric) {
    Metric.Builder bare = metric.toBuilder();
    switch (metric.getDataCase()) {
      case GAUGE -> bare.getGaugeBuilder().getDataPointsBuilder(0).clearExemplars();
      case SUM -> bare.getSumBuilder().getDataPointsBuilder(0).clearExemplars();
      case HISTOGRAM -> bare.getHistogramBuilder().getDataPointsBuilder(0).clearExemplars();
      case EXPONENTIAL_HISTOGRAM ->
          bare.getExponentialHistogramBuilder().getDataPointsBuilder(0).clearExemplars();
      case SUMMARY -> {}
      case DATA_NOT_SET -> throw new AssertionError("metric without data");
    }
    return bare;
  }
}
