// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A setting of the exporter or the reader that can be set without code.
 *
 * @param <B> the builder that it is applied to
 * @param <T> the type of its value
 * @param name its key in YAML
 * @param properties properties that set it; the first one that is present counts
 * @param sdkKey key of the SDK as a whole that sets it in YAML if its own key does not; null if
 *     none does
 * @param format format of its value in YAML
 * @param setter setter of the builder, which may throw {@link IllegalArgumentException} if the
 *     value is out of range
 */
record Setting<B, T>(
    String name,
    List<Property<T>> properties,
    @Nullable Property<T> sdkKey,
    Format<T> format,
    BiConsumer<B, T> setter) {

  private static final String PREFIX = "otel.exporter.user_events.";

  /**
   * A source of a value other than the setting's own key.
   *
   * @param name name of a property or a key
   * @param format format of its value
   */
  record Property<T>(String name, Format<T> format) {}

  /** Returns a setting that has its own property. */
  static <B, T> Setting<B, T> own(String name, Format<T> format, BiConsumer<B, T> setter) {
    return of(name, List.of(new Property<>(PREFIX + name, format)), format, setter);
  }

  /** Returns a setting that has its own property, and one that other exporters also read. */
  static <B, T> Setting<B, T> ownOrShared(
      String name, String shared, Format<T> format, BiConsumer<B, T> setter) {
    return of(
        name,
        List.of(new Property<>(PREFIX + name, format), new Property<>(shared, format)),
        format,
        setter);
  }

  /**
   * Returns a setting that has its own property and key, and otherwise follows the SDK as a whole.
   */
  static <B, T> Setting<B, T> ownOrSdk(
      String name,
      Format<T> format,
      Property<T> sdkProperty,
      Property<T> sdkKey,
      BiConsumer<B, T> setter) {
    return new Setting<>(
        name, List.of(new Property<>(PREFIX + name, format), sdkProperty), sdkKey, format, setter);
  }

  private static <B, T> Setting<B, T> of(
      String name, List<Property<T>> properties, Format<T> format, BiConsumer<B, T> setter) {
    return new Setting<>(name, properties, null, format, setter);
  }

  /**
   * Applies the setting if one of its properties is present.
   *
   * @throws ConfigurationException if the value is not allowed; the message names the property and
   *     the allowed values
   */
  void configure(B builder, ConfigProperties config) {
    for (Property<T> property : properties) {
      for (String spelling : spellings(property.name())) {
        String value = config.getString(spelling);
        if (value != null && !value.isBlank()) {
          set(builder, property.name(), value.trim(), property.format());
          return;
        }
      }
    }
  }

  /**
   * Applies the setting with a value in the format of YAML.
   *
   * @param source source of the value, for the message
   * @throws ConfigurationException if the value is not allowed; the message names the source and
   *     the allowed values
   */
  void set(B builder, String source, String value) {
    set(builder, source, value, format);
  }

  /**
   * Applies the setting.
   *
   * @param source source of the value, for the message
   * @throws ConfigurationException if the value is not allowed; the message names the source and
   *     the allowed values
   */
  void set(B builder, String source, String value, Format<T> format) {
    try {
      setter.accept(builder, format.parser().apply(value));
    } catch (IllegalArgumentException e) {
      throw notAllowed(source, value, format, e);
    }
  }

  static ConfigurationException notAllowed(
      String source, String value, Format<?> format, @Nullable IllegalArgumentException cause) {
    String message = source + "=" + value + " is not allowed; allowed: " + format.allowed();
    return cause == null
        ? new ConfigurationException(message)
        : new ConfigurationException(message, cause);
  }

  /**
   * Returns the spellings of a property. The SDK turns each underscore of an environment variable
   * into a dot, but not those of a property, so the name with underscores does not find the
   * variable. Spring Boot's starter turns each underscore of a requested name into a dot, and
   * Spring then does not find the property with an underscore; with a hyphen in the requested name,
   * it finds both.
   */
  private static List<String> spellings(String property) {
    List<String> spellings = new ArrayList<>(List.of(property));
    if (property.startsWith(PREFIX)) {
      spellings.add(PREFIX + property.substring(PREFIX.length()).replace('_', '.'));
    }
    spellings.add(property.replace('_', '.'));
    spellings.add(property.replace('_', '-'));
    return spellings;
  }
}
