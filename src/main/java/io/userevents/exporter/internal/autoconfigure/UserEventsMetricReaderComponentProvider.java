// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.api.incubator.config.DeclarativeConfigProperties;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.AutoConfigureListener;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ComponentProvider;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.exporter.internal.selfmetrics.LateMeterProvider;
import java.util.ArrayList;
import java.util.List;

/**
 * Creates the reader {@code user_events_on_attach} of declarative configuration, with an exporter.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class UserEventsMetricReaderComponentProvider
    implements ComponentProvider, AutoConfigureListener {

  private final LateMeterProvider sdk = new LateMeterProvider();

  /** Creates the provider for the service loader. */
  public UserEventsMetricReaderComponentProvider() {}

  @Override
  public Class<MetricReader> getType() {
    return MetricReader.class;
  }

  @Override
  public String getName() {
    return Settings.READER;
  }

  /**
   * Creates the reader.
   *
   * @throws ConfigurationException if a key or a value is not allowed
   */
  @Override
  public MetricReader create(DeclarativeConfigProperties config) {
    DeclarativeSettings settings = new DeclarativeSettings(Settings.READER, config);
    List<Setting<UserEventsMetricExporterBuilder, ?>> ofExporter = Settings.ofExporter(sdk);
    List<Setting<?, ?>> all = new ArrayList<>(Settings.OF_READER);
    all.addAll(ofExporter);
    settings.requireKeysOf(all);
    UserEventsMetricExporterBuilder exporter = UserEventsMetricExporter.builder();
    settings.configure(ofExporter, exporter);
    return Settings.buildReader(exporter, reader -> settings.configure(Settings.OF_READER, reader));
  }

  @Override
  public void afterAutoConfigure(OpenTelemetrySdk sdk) {
    this.sdk.set(sdk.getMeterProvider());
  }
}
