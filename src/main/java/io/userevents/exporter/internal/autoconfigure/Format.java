// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The text format of a setting's value.
 *
 * @param kind kind of the value in YAML
 * @param allowed text that lists the allowed values
 * @param parser throws {@link IllegalArgumentException} for other values; the builder may check the
 *     range
 */
record Format<T>(Kind kind, String allowed, Function<String, T> parser) {

  /** A kind of scalar in YAML, which has types; properties are always text. */
  enum Kind {
    BOOLEAN("true|false"),
    INTEGER("-?\\d+"),
    TEXT("(?s).*"),
    TEXTS("(?s).*");

    private final Pattern written;

    Kind(String written) {
      this.written = Pattern.compile(written);
    }

    /** Returns whether YAML writes a scalar of this kind in this way. */
    boolean isWritten(String text) {
      return written.matcher(text).matches();
    }
  }

  static Format<Integer> integer(String allowed) {
    return new Format<>(Kind.INTEGER, allowed, Integer::valueOf);
  }

  /**
   * Returns the format of a boolean. It is strict, because any other text would silently mean
   * false.
   */
  static Format<Boolean> bool() {
    Format<Boolean> choice = choice(Map.of("true", true, "false", false), "true, false");
    return new Format<>(Kind.BOOLEAN, choice.allowed, choice.parser);
  }

  static Format<String> text(String allowed) {
    return new Format<>(Kind.TEXT, allowed, Function.identity());
  }

  /**
   * Returns the format of a list of texts, which commas separate where it is one text. The word
   * {@code none} is the empty list, which a property could not express otherwise.
   */
  static Format<List<String>> texts(String allowed) {
    return new Format<>(Kind.TEXTS, allowed, Format::parseTexts);
  }

  private static List<String> parseTexts(String text) {
    if (text.isBlank() || text.strip().equalsIgnoreCase("none")) {
      return List.of();
    }
    return Stream.of(text.split(",", -1)).map(String::strip).toList();
  }

  static Format<Path> path(String allowed) {
    return new Format<>(Kind.TEXT, allowed, Path::of);
  }

  /**
   * Returns the SDK's format of durations: with a unit in properties, and a number of ms in YAML.
   */
  static Format<Duration> duration(String allowed) {
    return new Format<>(Kind.INTEGER, allowed, Format::parseDuration);
  }

  /** Returns the format of one of several words, in upper or lower case. */
  static <T> Format<T> choice(Map<String, T> values) {
    return choice(values, String.join(", ", values.keySet()));
  }

  static <T> Format<T> choice(Map<String, T> values, String allowed) {
    return new Format<>(
        Kind.TEXT,
        allowed,
        text -> {
          T value = values.get(text.toLowerCase(Locale.ROOT));
          if (value == null) {
            throw new IllegalArgumentException("not one of the values");
          }
          return value;
        });
  }

  /** Returns the format of the constants of an enum in lower case. */
  static <E extends Enum<E>> Format<E> constants(Class<E> type) {
    Map<String, E> values = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      values.put(constant.name().toLowerCase(Locale.ROOT), constant);
    }
    return choice(values);
  }

  /**
   * Parses a duration as the SDK parses that of a property: a whole number with an optional sign,
   * followed by ns, us, ms, s, m, h or d; without a unit it is ms. Blanks may surround both. A
   * duration of more than 292 years, whose nanoseconds do not fit into a long, becomes {@link
   * Long#MAX_VALUE} nanoseconds.
   *
   * <p>Source: {@code DefaultConfigProperties.getDuration}, {@code
   * opentelemetry-sdk-extension-autoconfigure-spi} 1.67.0.
   *
   * @throws IllegalArgumentException if the text is not a duration, or its number does not fit into
   *     a long
   */
  static Duration parseDuration(String text) {
    int unitStart = text.length();
    while (unitStart > 0 && !Character.isDigit(text.charAt(unitStart - 1))) {
      unitStart--;
    }
    long amount = Long.parseLong(text.substring(0, unitStart).trim());
    TimeUnit unit = unit(text.substring(unitStart).trim());
    return Duration.ofNanos(unit.toNanos(amount));
  }

  private static TimeUnit unit(String name) {
    return switch (name) {
      case "ns" -> TimeUnit.NANOSECONDS;
      case "us" -> TimeUnit.MICROSECONDS;
      case "", "ms" -> TimeUnit.MILLISECONDS;
      case "s" -> TimeUnit.SECONDS;
      case "m" -> TimeUnit.MINUTES;
      case "h" -> TimeUnit.HOURS;
      case "d" -> TimeUnit.DAYS;
      default -> throw new IllegalArgumentException("no such unit of time");
    };
  }
}
