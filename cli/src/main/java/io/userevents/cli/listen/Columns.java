// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import org.jline.utils.WCWidth;

/** Fits text into columns of a terminal. A character is zero, one or two columns wide. */
final class Columns {

  /** Marks a cut. */
  private final String ellipsis;

  /**
   * @param isUnicode whether the output can show non-ASCII characters
   */
  Columns(boolean isUnicode) {
    ellipsis = isUnicode ? "…" : "~";
  }

  /** Returns the number of columns of a text. */
  static int width(String text) {
    return text.codePoints().map(Columns::width).sum();
  }

  private static int width(int codePoint) {
    return Math.max(0, WCWidth.wcwidth(codePoint));
  }

  /** Returns the text, cut at its end if it is too long, and padded with spaces on the right. */
  String left(String text, int width) {
    String cut = cutEnd(text, width);
    return cut + " ".repeat(width - width(cut));
  }

  /** Returns the same as {@link #left}, padded on the left. */
  String right(String text, int width) {
    String cut = cutEnd(text, width);
    return " ".repeat(width - width(cut)) + cut;
  }

  /**
   * Returns the same as {@link #left}, but cut in the middle, because both ends of attributes
   * distinguish them.
   */
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

  /** Returns as many characters from the start as fit, with their combining marks. */
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

  /** Returns as many characters at the end as fit. Marks of a character that is cut are cut too. */
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
