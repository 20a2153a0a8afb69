// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import org.jline.utils.WCWidth;

/** Text in columns of a terminal, in which characters are none, one or two columns wide. */
final class Columns {

  /** Stands for what was cut. */
  private final String ellipsis;

  /**
   * @param isUnicode whether the output can show more than ASCII
   */
  Columns(boolean isUnicode) {
    ellipsis = isUnicode ? "…" : "~";
  }

  /** Columns that a text takes. */
  static int width(String text) {
    return text.codePoints().map(Columns::width).sum();
  }

  private static int width(int codePoint) {
    return Math.max(0, WCWidth.wcwidth(codePoint));
  }

  /** The text, cut at its end if need be, and filled up with spaces on the right. */
  String left(String text, int width) {
    String cut = cutEnd(text, width);
    return cut + " ".repeat(width - width(cut));
  }

  /** As {@link #left}, filled up on the left. */
  String right(String text, int width) {
    String cut = cutEnd(text, width);
    return " ".repeat(width - width(cut)) + cut;
  }

  /** As {@link #left}, but cut in the middle: both ends of attributes tell them apart. */
  String middle(String text, int width) {
    String cut = cutMiddle(text, width);
    return cut + " ".repeat(width - width(cut));
  }

  String cutEnd(String text, int width) {
    if (width(text) <= width) {
      return text;
    }
    return width < 1 ? "" : head(text, width - 1) + ellipsis;
  }

  String cutMiddle(String text, int width) {
    if (width(text) <= width) {
      return text;
    }
    if (width < 1) {
      return "";
    }
    int left = width / 2;
    return head(text, left) + ellipsis + tail(text, width - left - 1);
  }

  /** As many characters from the start as fit, with the marks that combine with them. */
  private static String head(String text, int width) {
    int left = width;
    int end = 0;
    while (end < text.length()) {
      int codePoint = text.codePointAt(end);
      left -= width(codePoint);
      if (left < 0) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return text.substring(0, end);
  }

  /** As many characters at the end as fit; marks whose character is cut go with it. */
  private static String tail(String text, int width) {
    int left = width;
    int start = text.length();
    while (start > 0) {
      int codePoint = text.codePointBefore(start);
      left -= width(codePoint);
      if (left < 0) {
        break;
      }
      start -= Character.charCount(codePoint);
    }
    while (start < text.length() && width(text.codePointAt(start)) == 0) {
      start += Character.charCount(text.codePointAt(start));
    }
    return text.substring(start);
  }
}
