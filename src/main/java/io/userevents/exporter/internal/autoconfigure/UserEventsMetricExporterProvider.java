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
 * Creates the exporter for {@code otel.metrics.exporter=user_events}.
 *
 * <p>SDKs of any version load this class as soon as its archive is on their class path, even if
 * they export with another exporter. It therefore implements only an interface that all of them
 * have. The exporter itself receives the SDK that it is made for.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class UserEventsMetricExporterProvider implements ConfigurableMetricExporterProvider {

  /** Creates the provider for the service loader. */
  public UserEventsMetricExporterProvider() {}

  /**
   * Creates the exporter. With an SDK that is too old, the exporter does nothing.
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
