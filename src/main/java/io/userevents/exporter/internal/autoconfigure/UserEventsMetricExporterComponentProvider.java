// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.api.incubator.config.DeclarativeConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ComponentProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the exporter {@code user_events} of declarative configuration. Not for use by applications.
 */
public final class UserEventsMetricExporterComponentProvider implements ComponentProvider {

  /** For the service loader. */
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
   * Makes the exporter.
   *
   * @throws ConfigurationException if there is a key or a value that is not allowed
   */
  @Override
  public MetricExporter create(DeclarativeConfigProperties config) {
    requireKnownKeys(config.getPropertyKeys());
    UserEventsMetricExporterBuilder builder = UserEventsMetricExporter.builder();
    Settings.ALL.forEach(setting -> configure(setting, builder, config));
    return Settings.build(builder);
  }

  private static void requireKnownKeys(Set<String> keys) {
    List<String> known = Settings.ALL.stream().map(Setting::name).toList();
    Set<String> unknown = new LinkedHashSet<>(keys);
    known.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new ConfigurationException(
          Settings.EXPORTER
              + " has no setting "
              + String.join(", ", unknown)
              + "; allowed: "
              + String.join(", ", known));
    }
  }

  private static void configure(
      Setting<?> setting,
      UserEventsMetricExporterBuilder builder,
      DeclarativeConfigProperties config) {
    String name = setting.name();
    // Only the right type is asked for: the SDK warns of each that is not there.
    Object value =
        switch (setting.format().kind()) {
          case BOOLEAN -> config.getBoolean(name);
          case INTEGER -> config.getLong(name);
          case TEXT -> config.getString(name);
        };
    String source = Settings.EXPORTER + "." + name;
    if (value != null) {
      setting.set(builder, source, value.toString());
    } else if (config.getPropertyKeys().contains(name)) {
      Object other = valueOfAnyType(config, name);
      // None at all is what stands there without a value, which is the default.
      if (other != null) {
        throw setting.notAllowed(source, other.toString(), null);
      }
    }
  }

  private static @Nullable Object valueOfAnyType(DeclarativeConfigProperties config, String name) {
    // One after the other, since the SDK warns of each type that it is not.
    return Stream.<Supplier<@Nullable Object>>of(
            () -> config.getString(name),
            () -> config.getLong(name),
            () -> config.getDouble(name),
            () -> config.getBoolean(name),
            () -> config.getScalarList(name, String.class),
            () -> config.getScalarList(name, Long.class),
            () -> config.getScalarList(name, Double.class),
            () -> config.getScalarList(name, Boolean.class),
            () -> config.getStructuredList(name),
            () -> config.getStructured(name))
        .map(Supplier::get)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
