// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import java.util.Collection;
import java.util.List;

/**
 * Names of attributes, in which {@code *} stands for any characters and {@code ?} for one, as in
 * the lists {@code included} and {@code excluded} of OpenTelemetry's declarative configuration.
 * Upper and lower case differ. Immutable.
 */
public final class NamePatterns {

  /** Matches nothing. */
  public static final NamePatterns NONE = new NamePatterns(List.of());

  /** The command line of a process, by the semantic conventions. */
  public static final NamePatterns COMMAND_LINE =
      new NamePatterns(List.of("process.command_args", "process.command_line"));

  private final List<String> patterns;

  private NamePatterns(List<String> patterns) {
    this.patterns = patterns;
  }

  /**
   * Returns the patterns.
   *
   * @throws IllegalArgumentException if one of them is blank, which matches no attribute
   */
  public static NamePatterns of(Collection<String> patterns) {
    for (String pattern : patterns) {
      if (pattern.isBlank()) {
        throw new IllegalArgumentException("a pattern is blank: patterns=" + patterns);
      }
    }
    return patterns.isEmpty() ? NONE : new NamePatterns(List.copyOf(patterns));
  }

  /** The patterns, in their order. */
  public List<String> patterns() {
    return patterns;
  }

  /** Whether no name matches. */
  public boolean isEmpty() {
    return patterns.isEmpty();
  }

  /** Whether the name matches one of the patterns. */
  public boolean matches(String name) {
    // No iterator: this also runs where resources are encoded anew for each export.
    for (int i = 0; i < patterns.size(); i++) {
      if (matches(patterns.get(i), name)) {
        return true;
      }
    }
    return false;
  }

  /** Goes back to the last star only, so that the time is bounded by the product of the lengths. */
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
