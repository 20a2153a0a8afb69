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

/** The series of the events that have come in. Not thread-safe. */
public final class SeriesTable {

  /** More are not kept at a time: a minute and the buckets of each take memory. */
  public static final int DEFAULT_MAX_SERIES = 10_000;

  private static final Comparator<Series> ORDER =
      Comparator.comparing((Series series) -> series.key().metric())
          .thenComparing(series -> series.key().service())
          .thenComparing(series -> series.key().pid())
          .thenComparing(series -> series.key().attributes())
          .thenComparing(series -> series.key().instance());

  private final SeriesFilter filter;
  private final int maxSeries;

  /** The one that has been silent for longest comes first. */
  private final Map<SeriesKey, Series> series = new LinkedHashMap<>(64, 0.75f, true);

  private long points;
  private long filteredPoints;
  private long malformedEvents;
  private long droppedSeries;

  /** An empty table. */
  public SeriesTable(SeriesFilter filter, int maxSeries) {
    this.filter = filter;
    this.maxSeries = maxSeries;
  }

  /**
   * Takes an event.
   *
   * @param pid process that wrote it; 0 if that is not known
   * @param nowNs {@link System#nanoTime} of its arrival
   * @param changed gets the series after each of its points
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

  /** All series, by metric, service, process and attributes. */
  public List<Series> sorted() {
    List<Series> sorted = new ArrayList<>(series.values());
    sorted.sort(ORDER);
    return sorted;
  }

  /** Points that the filter has taken. */
  public long points() {
    return points;
  }

  /** Points that it has not. */
  public long filteredPoints() {
    return filteredPoints;
  }

  /** Events that are no OTLP metrics. */
  public long malformedEvents() {
    return malformedEvents;
  }

  /** Series that were silent for longest and had to go. */
  public long droppedSeries() {
    return droppedSeries;
  }
}
