// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.userevents.cli.console.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The series of the events that have arrived. Not thread-safe. */
public final class SeriesTable {

  /** The largest number of series. The last minute and the buckets of each series take memory. */
  public static final int DEFAULT_MAX_SERIES = 10_000;

  private static final Comparator<Series> ORDER =
      Comparator.comparing((Series series) -> series.key().metric())
          .thenComparing(series -> series.key().service())
          .thenComparing(series -> series.key().pid())
          .thenComparing(series -> series.key().attributes())
          .thenComparing(series -> series.key().instance());

  private final SeriesFilter filter;
  private final int maxSeries;

  /** The series without points for the longest time comes first. */
  private final Map<SeriesKey, Series> series = new LinkedHashMap<>(64, 0.75f, true);

  private long points;
  private long filteredPoints;
  private long malformedEvents;
  private long droppedSeries;

  /** Creates an empty table. */
  public SeriesTable(SeriesFilter filter, int maxSeries) {
    this.filter = filter;
    this.maxSeries = maxSeries;
  }

  /**
   * Adds an event.
   *
   * @param pid process that wrote it; 0 if it is unknown
   * @param nowNs {@link System#nanoTime} of its arrival
   * @param changed receives the series after each of its points
   */
  public void add(byte[] event, int pid, long nowNs, Consumer<Series> changed) {
    ExportMetricsServiceRequest request;
    try {
      request = ExportMetricsServiceRequest.parseFrom(event);
    } catch (InvalidProtocolBufferException e) {
      malformedEvents++;
      return;
    }
    for (ResourceMetrics resource : request.getResourceMetricsList()) {
      String service = ResourceText.service(resource);
      String instance = ResourceText.instance(resource);
      for (ScopeMetrics scope : resource.getScopeMetricsList()) {
        String scopeName = Text.printable(scope.getScope().getName());
        for (Metric metric : scope.getMetricsList()) {
          String name = Text.printable(metric.getName());
          String unit = Text.printable(metric.getUnit());
          MetricPoints.of(
              metric,
              (keyValues, point) -> {
                String text = AttributeText.of(keyValues);
                SeriesKey key = new SeriesKey(pid, service, instance, scopeName, name, text);
                add(key, point, unit, nowNs, changed);
              });
        }
      }
    }
  }

  private void add(SeriesKey key, Point point, String unit, long nowNs, Consumer<Series> changed) {
    if (!filter.takes(key)) {
      filteredPoints++;
      return;
    }
    points++;
    Series known = series.get(key);
    if (known == null) {
      makeRoom();
      known = new Series(key);
      series.put(key, known);
    }
    known.add(point, unit, nowNs);
    changed.accept(known);
  }

  private void makeRoom() {
    if (series.size() == maxSeries) {
      var oldest = series.keySet().iterator();
      oldest.next();
      oldest.remove();
      droppedSeries++;
    }
  }

  /** Returns all series, sorted by metric, service, process and attributes. */
  public List<Series> sorted() {
    List<Series> sorted = new ArrayList<>(series.values());
    sorted.sort(ORDER);
    return sorted;
  }

  /** Returns the number of points that the filter has accepted. */
  public long points() {
    return points;
  }

  /** Returns the number of points that the filter has removed. */
  public long filteredPoints() {
    return filteredPoints;
  }

  /** Returns the number of events that are not OTLP metrics. */
  public long malformedEvents() {
    return malformedEvents;
  }

  /**
   * Returns the number of series that were dropped because they had no points for the longest time.
   */
  public long droppedSeries() {
    return droppedSeries;
  }
}
