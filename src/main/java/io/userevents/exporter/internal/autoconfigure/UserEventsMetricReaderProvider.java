// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ConfigurableMetricReaderProvider;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.exporter.internal.selfmetrics.LateMeterProvider;

/**
 * Creates the reader, with an exporter, for {@code otel.metrics.exporter=user_events_on_attach}.
 * SDKs of any version load it, like {@link UserEventsMetricExporterProvider}.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class UserEventsMetricReaderProvider implements ConfigurableMetricReaderProvider {

  /** Creates the provider for the service loader. */
  public UserEventsMetricReaderProvider() {}

  /**
   * Creates the reader. With an SDK that is too old, its exporter does nothing.
   *
   * @throws ConfigurationException if a property has a value that is not allowed
   */
  @Override
  public MetricReader createMetricReader(ConfigProperties config) {
    if (!Settings.fitTheSdk()) {
      // This SDK can register only its own readers: the method has another signature.
      return PeriodicMetricReader.create(UserEventsMetricExporter.create());
    }
    UserEventsMetricExporterBuilder exporter = UserEventsMetricExporter.builder();
    Settings.ofExporter(new LateMeterProvider())
        .forEach(setting -> setting.configure(exporter, config));
    return Settings.buildReader(
        exporter,
        reader -> Settings.OF_READER.forEach(setting -> setting.configure(reader, config)));
  }

  @Override
  public String getName() {
    return Settings.READER;
  }
}
