// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A setting of the exporter or the reader that can be made without code.
 *
 * @param <B> the builder that it is made on
 * @param <T> what its value is
 * @param name its key in YAML
 * @param properties that set it, the first that is there
 * @param sdkKey of the SDK as a whole, which sets it in YAML if its own does not; null if none does
 * @param format of its value in YAML
 * @param setter may throw {@link IllegalArgumentException} if it is out of range
 */
record Setting<B, T>(
    String name,
    List<Property<T>> properties,
    @Nullable Property<T> sdkKey,
    Format<T> format,
    BiConsumer<B, T> setter) {

  private static final String PREFIX = "otel.exporter.user_events.";

  /**
   * What a value may come from, if not from the setting's own key.
   *
   * @param name of a property, or of a key
   * @param format of its value
   */
  record Property<T>(String name, Format<T> format) {}

  /** One that has a property of its own. */
  static <B, T> Setting<B, T> own(String name, Format<T> format, BiConsumer<B, T> setter) {
    return of(name, List.of(new Property<>(PREFIX + name, format)), format, setter);
  }

  /** One that has a property of its own, and one that other exporters read as well. */
  static <B, T> Setting<B, T> ownOrShared(
      String name, String shared, Format<T> format, BiConsumer<B, T> setter) {
    return of(
        name,
        List.of(new Property<>(PREFIX + name, format), new Property<>(shared, format)),
        format,
        setter);
  }

  /** One that has a property and a key of its own, and else follows the SDK as a whole. */
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
   * Sets it if a property does.
   *
   * @throws ConfigurationException names the property and the values that are allowed
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
   * Sets it, to what is written as in YAML.
   *
   * @param source what the value comes from, for the message
   * @throws ConfigurationException names the source and the values that are allowed
   */
  void set(B builder, String source, String value) {
    set(builder, source, value, format);
  }

  /**
   * Sets it.
   *
   * @param source what the value comes from, for the message
   * @throws ConfigurationException names the source and the values that are allowed
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
   * The SDK makes a dot of each underscore of an environment variable, but not of those of a
   * property, so that the name with underscores alone would not find the variable. Spring Boot's
   * starter makes a dot of each underscore that it is asked for, and Spring then does not find the
   * property that is written with one; asked for a hyphen, it finds either.
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
