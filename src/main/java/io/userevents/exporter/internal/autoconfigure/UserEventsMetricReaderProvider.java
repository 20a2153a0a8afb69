// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.AutoConfigureListener;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ConfigurableMetricReaderProvider;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.exporter.internal.selfmetrics.LateMeterProvider;

/**
 * Makes the reader, with an exporter, for {@code otel.metrics.exporter=user_events_on_attach}. Not
 * for use by applications.
 */
public final class UserEventsMetricReaderProvider
    implements ConfigurableMetricReaderProvider, AutoConfigureListener {

  private final LateMeterProvider sdk = new LateMeterProvider();

  /** For the service loader. */
  public UserEventsMetricReaderProvider() {}

  /**
   * Makes the reader.
   *
   * @throws ConfigurationException if a property has a value that is not allowed
   */
  @Override
  public MetricReader createMetricReader(ConfigProperties config) {
    UserEventsMetricExporterBuilder exporter = UserEventsMetricExporter.builder();
    Settings.ofExporter(sdk).forEach(setting -> setting.configure(exporter, config));
    return Settings.buildReader(
        exporter,
        reader -> Settings.OF_READER.forEach(setting -> setting.configure(reader, config)));
  }

  @Override
  public String getName() {
    return Settings.READER;
  }

  @Override
  public void afterAutoConfigure(OpenTelemetrySdk sdk) {
    this.sdk.set(sdk.getMeterProvider());
  }
}
