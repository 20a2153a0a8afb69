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
 * @param format of its value
 * @param setter may throw {@link IllegalArgumentException} if it is out of range
 */
record Setting<B, T>(
    String name, List<String> properties, Format<T> format, BiConsumer<B, T> setter) {

  private static final String PREFIX = "otel.exporter.user_events.";

  /** One that has a property of its own. */
  static <B, T> Setting<B, T> own(String name, Format<T> format, BiConsumer<B, T> setter) {
    return new Setting<>(name, List.of(PREFIX + name), format, setter);
  }

  /** One that has a property of its own, and one that other exporters read as well. */
  static <B, T> Setting<B, T> ownOrShared(
      String name, String shared, Format<T> format, BiConsumer<B, T> setter) {
    return new Setting<>(name, List.of(PREFIX + name, shared), format, setter);
  }

  /**
   * Sets it if a property does.
   *
   * @throws ConfigurationException names the property and the values that are allowed
   */
  void configure(B builder, ConfigProperties config) {
    for (String property : properties) {
      for (String spelling : spellings(property)) {
        String value = config.getString(spelling);
        if (value != null && !value.isBlank()) {
          set(builder, property, value.trim());
          return;
        }
      }
    }
  }

  /**
   * Sets it.
   *
   * @param source what the value comes from, for the message
   * @throws ConfigurationException names the source and the values that are allowed
   */
  void set(B builder, String source, String value) {
    try {
      setter.accept(builder, format.parser().apply(value));
    } catch (IllegalArgumentException e) {
      throw notAllowed(source, value, e);
    }
  }

  ConfigurationException notAllowed(
      String source, String value, @Nullable IllegalArgumentException cause) {
    String message = source + "=" + value + " is not allowed; allowed: " + format.allowed();
    return cause == null
        ? new ConfigurationException(message)
        : new ConfigurationException(message, cause);
  }

  /**
   * The SDK makes a dot of each underscore of an environment variable, but not of those of a
   * property, so that the name with underscores alone would not find the variable.
   */
  private static List<String> spellings(String property) {
    List<String> spellings = new ArrayList<>(List.of(property));
    if (property.startsWith(PREFIX)) {
      spellings.add(PREFIX + property.substring(PREFIX.length()).replace('_', '.'));
    }
    spellings.add(property.replace('_', '.'));
    return spellings;
  }
}
