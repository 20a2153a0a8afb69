// SPDX-License-Identifier: Apache-2.0
package io.userevents.site;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The anchors that GitHub gives to the headings of one page, in the order of the headings.
 *
 * <p>GitHub takes the heading's text in lower case, removes everything but letters, digits,
 * underscores, hyphens and spaces, and turns each space into a hyphen. The second heading of the
 * same text gets the suffix {@code -1}. Source: html-pipeline 2.14, {@code toc_filter.rb}.
 */
final class GitHubAnchors {

  private static final Pattern REMOVED = Pattern.compile("[^\\p{L}\\p{M}\\p{Nd}\\p{Pc}\\- ]");

  private final Map<String, Integer> headings = new HashMap<>();

  String next(String heading) {
    String anchor =
        REMOVED.matcher(heading.toLowerCase(Locale.ROOT)).replaceAll("").replace(' ', '-');
    int before = headings.merge(anchor, 1, Integer::sum) - 1;
    return before == 0 ? anchor : anchor + "-" + before;
  }
}
