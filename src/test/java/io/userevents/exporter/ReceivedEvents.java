// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A listener that keeps every event, and reads them with the official classes. */
final class ReceivedEvents implements Consumer<byte[]> {

  private final List<byte[]> events = new CopyOnWriteArrayList<>();

  @Override
  public void accept(byte[] event) {
    events.add(event);
  }

  List<byte[]> events() {
    return events;
  }

  /** All metrics of all events, in the order in which they came. */
  List<Metric> metrics() {
    return events.stream().flatMap(ReceivedEvents::metricsOf).toList();
  }

  /** The only metric of this name. */
  Metric metric(String name) {
    List<Metric> named =
        metrics().stream().filter(metric -> metric.getName().equals(name)).toList();
    if (named.size() != 1) {
      throw new AssertionError("one metric expected: name=" + name + " found=" + named);
    }
    return named.get(0);
  }

  /** The values of all points of sums, in the order in which they came. */
  List<Long> values() {
    return valuesOf(metrics().stream());
  }

  /** The same of one event. */
  static List<Long> valuesOf(byte[] event) {
    return valuesOf(metricsOf(event));
  }

  private static List<Long> valuesOf(Stream<Metric> metrics) {
    return metrics
        .flatMap(metric -> metric.getSum().getDataPointsList().stream())
        .map(NumberDataPoint::getAsInt)
        .toList();
  }

  private static Stream<Metric> metricsOf(byte[] event) {
    try {
      return ExportMetricsServiceRequest.parseFrom(event).getResourceMetricsList().stream()
          .flatMap(resource -> resource.getScopeMetricsList().stream())
          .flatMap(scope -> scope.getMetricsList().stream());
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }
}
