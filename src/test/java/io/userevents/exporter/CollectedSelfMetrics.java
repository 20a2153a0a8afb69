// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** Reads what an exporter records about itself, when asked. */
public final class CollectedSelfMetrics implements MetricReader {

  private volatile CollectionRegistration registration = CollectionRegistration.noop();

  /** All metrics that there are. */
  public Collection<MetricData> collect() {
    return registration.collectAllMetrics();
  }

  /** The only metric of this name. */
  MetricData metric(String name) {
    return collect().stream()
        .filter(metric -> metric.getName().equals(name))
        .reduce(
            (one, other) -> {
              throw new AssertionError("more than one metric: name=" + name);
            })
        .orElseThrow(() -> new AssertionError("no metric: name=" + name));
  }

  /** Values of a sum by this attribute, which is "" where it is not set. */
  public Map<String, Long> values(String name, String attribute) {
    Map<String, Long> values = new TreeMap<>();
    metric(name)
        .getLongSumData()
        .getPoints()
        .forEach(point -> values.put(valueOf(point.getAttributes(), attribute), point.getValue()));
    return values;
  }

  static String valueOf(Attributes attributes, String attribute) {
    String value = attributes.get(AttributeKey.stringKey(attribute));
    return value == null ? "" : value;
  }

  @Override
  public void register(CollectionRegistration registration) {
    this.registration = registration;
  }

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
    return AggregationTemporality.CUMULATIVE;
  }

  @Override
  public CompletableResultCode forceFlush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public CompletableResultCode shutdown() {
    return CompletableResultCode.ofSuccess();
  }
}
