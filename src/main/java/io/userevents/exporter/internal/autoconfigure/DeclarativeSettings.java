// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.api.incubator.config.DeclarativeConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ExtendedDeclarativeConfigProperties;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the settings of a component from declarative configuration. */
final class DeclarativeSettings {

  /** The SDK's own settings, below {@code instrumentation/development} and {@code java}. */
  private static final String OF_SDK = "otel_sdk";

  private final String component;
  private final DeclarativeConfigProperties config;

  /**
   * Whether a number or a boolean was text, so that others are text too: the Spring Boot starter
   * builds this mapping from properties, which are text.
   */
  private boolean valuesAreText;

  /**
   * Creates a reader of settings.
   *
   * @param component name of the component
   * @param config the mapping below the name
   */
  DeclarativeSettings(String component, DeclarativeConfigProperties config) {
    this.component = component;
    this.config = config;
  }

  /**
   * Refuses keys that no setting has.
   *
   * @throws ConfigurationException if there are such keys; the message names them and the allowed
   *     keys
   */
  void requireKeysOf(List<? extends Setting<?, ?>> settings) {
    List<String> known = settings.stream().map(Setting::name).toList();
    Set<String> unknown = new LinkedHashSet<>(config.getPropertyKeys());
    known.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new ConfigurationException(
          component
              + " has no setting "
              + String.join(", ", unknown)
              + "; allowed: "
              + String.join(", ", known));
    }
  }

  /**
   * Applies the settings that are present.
   *
   * @throws ConfigurationException if a value is not allowed; the message names the key and the
   *     allowed values
   */
  <B> void configure(List<Setting<B, ?>> settings, B builder) {
    settings.forEach(setting -> configure(setting, builder));
  }

  private <B> void configure(Setting<B, ?> setting, B builder) {
    String key = setting.name();
    Format<?> format = setting.format();
    Object value = valueOfKind(key, format.kind());
    String source = component + "." + key;
    if (value != null) {
      setting.set(builder, source, value.toString());
      return;
    }
    if (config.getPropertyKeys().contains(key)) {
      Object other = valueOfAnyType(key);
      // A key without a value has no value at all, which means the default.
      if (other != null) {
        throw Setting.notAllowed(source, other.toString(), format, null);
      }
    }
    configureFromSdk(setting, builder);
  }

  private @Nullable String texts(String key) {
    List<String> texts = config.getScalarList(key, String.class);
    return texts == null ? null : String.join(",", texts);
  }

  private <B, T> void configureFromSdk(Setting<B, T> setting, B builder) {
    Setting.Property<T> sdkKey = setting.sdkKey();
    // Only the SDK's own declarative configuration shows components the settings of all of them.
    if (sdkKey == null || !(config instanceof ExtendedDeclarativeConfigProperties extended)) {
      return;
    }
    String value =
        extended.getConfigProvider().getInstrumentationConfig(OF_SDK).getString(sdkKey.name());
    if (value != null) {
      setting.set(builder, OF_SDK + "." + sdkKey.name(), value, sdkKey.format());
    }
  }

  private @Nullable Object valueOfKind(String key, Format.Kind kind) {
    // Only the likely type is read, because the SDK warns of each type that a value does not have.
    String text = valuesAreText ? config.getString(key) : null;
    if (text == null) {
      Object value =
          switch (kind) {
            case BOOLEAN -> config.getBoolean(key);
            case INTEGER -> config.getLong(key);
            case TEXT -> config.getString(key);
            case TEXTS -> texts(key);
          };
      if (value != null || !config.getPropertyKeys().contains(key)) {
        return value;
      }
      text = config.getString(key);
    }
    if (text == null || !kind.isWritten(text)) {
      return null;
    }
    valuesAreText = true;
    return text;
  }

  private @Nullable Object valueOfAnyType(String key) {
    // The types are tried one by one, because the SDK warns of each type that a value does not
    // have.
    return Stream.<Supplier<@Nullable Object>>of(
            () -> config.getString(key),
            () -> config.getLong(key),
            () -> config.getDouble(key),
            () -> config.getBoolean(key),
            () -> config.getScalarList(key, String.class),
            () -> config.getScalarList(key, Long.class),
            () -> config.getScalarList(key, Double.class),
            () -> config.getScalarList(key, Boolean.class),
            () -> config.getStructuredList(key),
            () -> config.getStructured(key))
        .map(Supplier::get)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
