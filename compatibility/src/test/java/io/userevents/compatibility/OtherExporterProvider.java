// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.metrics.ConfigurableMetricExporterProvider;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import java.util.Collection;

/**
 * Makes the exporter {@code other}, in place of OTLP's: to find it, the SDK has to load the
 * providers of this project as well.
 */
public final class OtherExporterProvider implements ConfigurableMetricExporterProvider {

  /** For the service loader. */
  public OtherExporterProvider() {}

  @Override
  public MetricExporter createExporter(ConfigProperties config) {
    return new Discarding();
  }

  @Override
  public String getName() {
    return "other";
  }

  private static final class Discarding implements MetricExporter {

    @Override
    public CompletableResultCode export(Collection<MetricData> metrics) {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
      return AggregationTemporality.CUMULATIVE;
    }
  }
}
