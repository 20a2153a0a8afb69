// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.metrics.data.MetricData;
import org.jspecify.annotations.Nullable;

/**
 * The key of a metric's header in the cache: its name, description and unit. The SDK creates the
 * metric for each export, but not these texts.
 *
 * <p>One instance is set for each search; the cache keeps a copy of it.
 */
final class MetricHeader {

  private String name = "";
  private String description = "";
  private String unit = "";

  MetricHeader set(MetricData metric) {
    name = orEmpty(metric.getName());
    description = orEmpty(metric.getDescription());
    unit = orEmpty(metric.getUnit());
    return this;
  }

  MetricHeader copy() {
    MetricHeader copy = new MetricHeader();
    copy.name = name;
    copy.description = description;
    copy.unit = unit;
    return copy;
  }

  /**
   * Returns the text or an empty one. The SDK has no metrics without a text; other implementations
   * may.
   */
  static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MetricHeader header
        && name.equals(header.name)
        && description.equals(header.description)
        && unit.equals(header.unit);
  }

  @Override
  public int hashCode() {
    return (name.hashCode() * 31 + description.hashCode()) * 31 + unit.hashCode();
  }
}
