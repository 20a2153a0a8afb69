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
 * How the value of a setting is written.
 *
 * @param kind what it is in YAML
 * @param allowed for people: the values there are
 * @param parser throws {@link IllegalArgumentException} for others; what is out of range may also
 *     be left to the builder
 */
record Format<T>(Kind kind, String allowed, Function<String, T> parser) {

  /** Scalars of YAML, which has types, where properties are all text. */
  enum Kind {
    BOOLEAN("true|false"),
    INTEGER("-?\\d+"),
    TEXT("(?s).*"),
    TEXTS("(?s).*");

    private final Pattern written;

    Kind(String written) {
      this.written = Pattern.compile(written);
    }

    /** Whether a text is how YAML writes a scalar of this kind. */
    boolean isWritten(String text) {
      return written.matcher(text).matches();
    }
  }

  static Format<Integer> integer(String allowed) {
    return new Format<>(Kind.INTEGER, allowed, Integer::valueOf);
  }

  /** Strict, as what is none of the two would silently be false. */
  static Format<Boolean> bool() {
    Format<Boolean> choice = choice(Map.of("true", true, "false", false), "true, false");
    return new Format<>(Kind.BOOLEAN, choice.allowed, choice.parser);
  }

  static Format<String> text(String allowed) {
    return new Format<>(Kind.TEXT, allowed, Function.identity());
  }

  /**
   * A list of texts, separated by commas where it is one text. The word {@code none} is the empty
   * list, which a property could not say otherwise.
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

  /** As the SDK writes them: with a unit in properties; in YAML, where that is all, in ms. */
  static Format<Duration> duration(String allowed) {
    return new Format<>(Kind.INTEGER, allowed, Format::parseDuration);
  }

  /** One of several words, in any case. */
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

  /** The constants of an enum in lower case. */
  static <E extends Enum<E>> Format<E> constants(Class<E> type) {
    Map<String, E> values = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      values.put(constant.name().toLowerCase(Locale.ROOT), constant);
    }
    return choice(values);
  }

  /**
   * Reads a duration as the SDK reads that of a property: a whole number with an optional sign,
   * then ns, us, ms, s, m, h or d, and ms without a unit. Blanks may stand around both. Durations
   * of more than 292 years, which have no number of nanoseconds, become {@link Long#MAX_VALUE} of
   * them.
   *
   * <p>Source: {@code DefaultConfigProperties.getDuration}, {@code
   * opentelemetry-sdk-extension-autoconfigure-spi} 1.67.0.
   *
   * @throws IllegalArgumentException if the text is none, or its number does not fit into a long
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
