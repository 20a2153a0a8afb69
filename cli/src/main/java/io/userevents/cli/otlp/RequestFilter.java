// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.otlp;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.userevents.cli.console.Text;
import io.userevents.cli.series.ResourceText;
import io.userevents.cli.series.SeriesFilter;

/** Reduces requests to the metrics that a filter accepts, and counts points. Not thread-safe. */
public final class RequestFilter {

  private final SeriesFilter filter;
  private long points;
  private long filteredPoints;

  /** Creates a filter that has counted nothing yet. */
  public RequestFilter(SeriesFilter filter) {
    this.filter = filter;
  }

  /**
   * Returns the same request if the filter accepts all of it. Otherwise returns a request without
   * the other metrics and without the scopes and resources that become empty.
   *
   * @param pid process that wrote it; 0 if it is unknown
   */
  public ExportMetricsServiceRequest take(ExportMetricsServiceRequest request, int pid) {
    if (filter.equals(SeriesFilter.ALL)) {
      points += pointCount(request);
      return request;
    }
    ExportMetricsServiceRequest.Builder taken = ExportMetricsServiceRequest.newBuilder();
    boolean isWhole = true;
    for (ResourceMetrics resource : request.getResourceMetricsList()) {
      boolean isTaken = filter.takesSource(pid, ResourceText.service(resource));
      isWhole &= isTaken;
      ResourceMetrics.Builder left = resource.toBuilder().clearScopeMetrics();
      for (ScopeMetrics scope : resource.getScopeMetricsList()) {
        isWhole &= addTaken(left, scope, isTaken);
      }
      if (left.getScopeMetricsCount() > 0) {
        taken.addResourceMetrics(left);
      }
    }
    return isWhole ? request : taken.build();
  }

  /** Adds the metrics that are accepted. Returns whether these are all. */
  private boolean addTaken(ResourceMetrics.Builder left, ScopeMetrics scope, boolean isTaken) {
    ScopeMetrics.Builder metrics = scope.toBuilder().clearMetrics();
    for (Metric metric : scope.getMetricsList()) {
      int count = pointCount(metric);
      if (isTaken && filter.takesMetric(Text.printable(metric.getName()))) {
        points += count;
        metrics.addMetrics(metric);
      } else {
        filteredPoints += count;
      }
    }
    if (metrics.getMetricsCount() > 0) {
      left.addScopeMetrics(metrics);
    }
    return metrics.getMetricsCount() == scope.getMetricsCount();
  }

  private static long pointCount(ExportMetricsServiceRequest request) {
    long count = 0;
    for (ResourceMetrics resource : request.getResourceMetricsList()) {
      for (ScopeMetrics scope : resource.getScopeMetricsList()) {
        for (Metric metric : scope.getMetricsList()) {
          count += pointCount(metric);
        }
      }
    }
    return count;
  }

  private static int pointCount(Metric metric) {
    return switch (metric.getDataCase()) {
      case SUM -> metric.getSum().getDataPointsCount();
      case GAUGE -> metric.getGauge().getDataPointsCount();
      case HISTOGRAM -> metric.getHistogram().getDataPointsCount();
      case EXPONENTIAL_HISTOGRAM -> metric.getExponentialHistogram().getDataPointsCount();
      case SUMMARY -> metric.getSummary().getDataPointsCount();
      case DATA_NOT_SET -> 0;
    };
  }

  /** Returns the number of points that the filter has accepted. */
  public long points() {
    return points;
  }

  /** Returns the number of points that the filter has removed. */
  public long filteredPoints() {
    return filteredPoints;
  }
}
