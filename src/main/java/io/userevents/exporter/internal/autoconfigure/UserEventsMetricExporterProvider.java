// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.AutoConfigureListener;
import io.opentelemetry.sdk.autoconfigure.spi.metrics.ConfigurableMetricExporterProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.exporter.internal.selfmetrics.LateMeterProvider;

/**
 * Makes the exporter for {@code otel.metrics.exporter=user_events}. Not for use by applications.
 *
 * <p>Told of the SDK that it makes the exporter for, since that is where its self-metrics go. The
 * interface for it, {@link AutoConfigureListener}, came with version 1.32.0 of the SDK, which is
 * why autoconfiguration needs that version; set up in code, the exporter needs 1.31.0.
 */
public final class UserEventsMetricExporterProvider
    implements ConfigurableMetricExporterProvider, AutoConfigureListener {

  private final LateMeterProvider sdk = new LateMeterProvider();

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
    Settings.ofExporter(sdk).forEach(setting -> setting.configure(builder, config));
    return Settings.build(Settings.EXPORTER, builder);
  }

  @Override
  public String getName() {
    return Settings.EXPORTER;
  }

  @Override
  public void afterAutoConfigure(OpenTelemetrySdk sdk) {
    this.sdk.set(sdk.getMeterProvider());
  }
}
