// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.Data;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.resources.Resource;
import java.util.AbstractList;
import java.util.List;

/** A metric that cannot be read, because of its unit or as a whole. */
final class FailingMetric implements MetricData {

  private final MetricData metric;
  private final boolean dataFails;

  private FailingMetric(MetricData metric, boolean dataFails) {
    this.metric = metric;
    this.dataFails = dataFails;
  }

  /** Its points can be counted, but not encoded. */
  static MetricData atItsUnit(MetricData metric) {
    return new FailingMetric(metric, false);
  }

  /** Not even its points can be counted. */
  static MetricData atItsData(MetricData metric) {
    return new FailingMetric(metric, true);
  }

  /** Metrics that an error strikes while they are read. */
  static List<MetricData> outOfMemory() {
    return new AbstractList<>() {
      @Override
      public MetricData get(int index) {
        throw new OutOfMemoryError("while encoding");
      }

      @Override
      public int size() {
        return 1;
      }
    };
  }

  @Override
  public Resource getResource() {
    return metric.getResource();
  }

  @Override
  public InstrumentationScopeInfo getInstrumentationScopeInfo() {
    return metric.getInstrumentationScopeInfo();
  }

  @Override
  public String getName() {
    return metric.getName();
  }

  @Override
  public String getDescription() {
    return metric.getDescription();
  }

  @Override
  public String getUnit() {
    throw new IllegalStateException("no unit");
  }

  @Override
  public MetricDataType getType() {
    return metric.getType();
  }

  @Override
  public Data<?> getData() {
    if (dataFails) {
      throw new IllegalStateException("no data");
    }
    return metric.getData();
  }
}
