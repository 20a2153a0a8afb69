// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.api.incubator.config.DeclarativeConfigProperties;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.AutoConfigureListener;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ComponentProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.exporter.internal.selfmetrics.LateMeterProvider;
import java.util.List;

/**
 * Creates the exporter {@code user_events} of declarative configuration.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class UserEventsMetricExporterComponentProvider
    implements ComponentProvider, AutoConfigureListener {

  private final LateMeterProvider sdk = new LateMeterProvider();

  /** Creates the provider for the service loader. */
  public UserEventsMetricExporterComponentProvider() {}

  @Override
  public Class<MetricExporter> getType() {
    return MetricExporter.class;
  }

  @Override
  public String getName() {
    return Settings.EXPORTER;
  }

  /**
   * Creates the exporter.
   *
   * @throws ConfigurationException if a key or a value is not allowed
   */
  @Override
  public MetricExporter create(DeclarativeConfigProperties config) {
    DeclarativeSettings settings = new DeclarativeSettings(Settings.EXPORTER, config);
    List<Setting<UserEventsMetricExporterBuilder, ?>> known = Settings.ofExporter(sdk);
    settings.requireKeysOf(known);
    UserEventsMetricExporterBuilder builder = UserEventsMetricExporter.builder();
    settings.configure(known, builder);
    return Settings.build(Settings.EXPORTER, builder);
  }

  @Override
  public void afterAutoConfigure(OpenTelemetrySdk sdk) {
    this.sdk.set(sdk.getMeterProvider());
  }
}
