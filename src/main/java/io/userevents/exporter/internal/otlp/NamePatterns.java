// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import java.util.Collection;
import java.util.List;

/**
 * Patterns of attribute names, in which {@code *} stands for any characters and {@code ?} for one,
 * as in the lists {@code included} and {@code excluded} of OpenTelemetry's declarative
 * configuration. Upper and lower case differ. Immutable.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class NamePatterns {

  /** The patterns that match no name. */
  public static final NamePatterns NONE = new NamePatterns(List.of());

  /** The patterns of a process's command line, by the semantic conventions. */
  public static final NamePatterns COMMAND_LINE =
      new NamePatterns(List.of("process.command_args", "process.command_line"));

  private final List<String> patterns;

  private NamePatterns(List<String> patterns) {
    this.patterns = patterns;
  }

  /**
   * Returns the patterns.
   *
   * @param patterns the patterns as texts
   * @return the patterns
   * @throws IllegalArgumentException if a pattern is blank, which matches no attribute
   */
  public static NamePatterns of(Collection<String> patterns) {
    for (String pattern : patterns) {
      if (pattern.isBlank()) {
        throw new IllegalArgumentException("a pattern is blank: patterns=" + patterns);
      }
    }
    return patterns.isEmpty() ? NONE : new NamePatterns(List.copyOf(patterns));
  }

  /** {@return the patterns as texts, in their order} */
  public List<String> patterns() {
    return patterns;
  }

  /** {@return whether there is no pattern, so that no name matches} */
  public boolean isEmpty() {
    return patterns.isEmpty();
  }

  /**
   * Returns whether a name matches one of the patterns.
   *
   * @param name the name
   * @return whether it matches
   */
  public boolean matches(String name) {
    // This uses no iterator, because it also runs where resources are encoded for each export.
    for (int i = 0; i < patterns.size(); i++) {
      if (matches(patterns.get(i), name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Matches one pattern. It goes back only to the last star, so the product of the lengths bounds
   * the time.
   */
  private static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int starName = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        starName = n;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++starName;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  @Override
  public String toString() {
    return patterns.toString();
  }
}
