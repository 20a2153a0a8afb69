// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
    TEXT("(?s).*");

    private final Pattern written;

    Kind(String written) {
      this.written = Pattern.compile(written);
    }

    /** Whether a text is how YAML writes a scalar of this kind. */
    boolean isWritten(String text) {
      return written.matcher(text).matches();
    }
  }

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(us|ms|s|m|h|d|)");

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

  static Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a duration");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "us" -> Duration.ofNanos(amount * 1000);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      case "d" -> Duration.ofDays(amount);
      default -> Duration.ofMillis(amount);
    };
  }
}
