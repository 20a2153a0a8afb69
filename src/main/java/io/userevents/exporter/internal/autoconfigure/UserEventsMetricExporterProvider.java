// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.metrics.ConfigurableMetricExporterProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.exporter.internal.selfmetrics.LateMeterProvider;

/**
 * Makes the exporter for {@code otel.metrics.exporter=user_events}. Not for use by applications.
 *
 * <p>SDKs of any version load this class as soon as its archive is on their class path, also those
 * that export with another exporter. It implements nothing but an interface that all of them have.
 * The exporter itself is told of the SDK that it is made for.
 */
public final class UserEventsMetricExporterProvider implements ConfigurableMetricExporterProvider {

  /** For the service loader. */
  public UserEventsMetricExporterProvider() {}

  /**
   * Makes the exporter. With an SDK that is too old it does nothing.
   *
   * @throws ConfigurationException if a property has a value that is not allowed
   */
  @Override
  public MetricExporter createExporter(ConfigProperties config) {
    if (!Settings.fitTheSdk()) {
      return UserEventsMetricExporter.create();
    }
    UserEventsMetricExporterBuilder builder = UserEventsMetricExporter.builder();
    Settings.ofExporter(new LateMeterProvider())
        .forEach(setting -> setting.configure(builder, config));
    return Settings.build(Settings.EXPORTER, builder);
  }

  @Override
  public String getName() {
    return Settings.EXPORTER;
  }
}
