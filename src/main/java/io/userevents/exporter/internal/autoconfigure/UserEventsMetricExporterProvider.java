// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.metrics.ConfigurableMetricExporterProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;

/**
 * Makes the exporter for {@code otel.metrics.exporter=user_events}. Not for use by applications.
 */
public final class UserEventsMetricExporterProvider implements ConfigurableMetricExporterProvider {

  /** For the service loader. */
  public UserEventsMetricExporterProvider() {}

  /**
   * Makes the exporter.
   *
   * @throws ConfigurationException if a property has a value that is not allowed
   */
  @Override
  public MetricExporter createExporter(ConfigProperties config) {
    UserEventsMetricExporterBuilder builder = UserEventsMetricExporter.builder();
    Settings.OF_EXPORTER.forEach(setting -> setting.configure(builder, config));
    return Settings.build(Settings.EXPORTER, builder);
  }

  @Override
  public String getName() {
    return Settings.EXPORTER;
  }
}
