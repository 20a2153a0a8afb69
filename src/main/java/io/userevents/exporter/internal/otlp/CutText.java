// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

/** Shortens text and marks it as shortened. */
final class CutText {

  /** The end of each text that was cut; three bytes in UTF-8. */
  static final String MARK = "…";

  private static final int MARK_BYTES = 3;

  private CutText() {}

  /**
   * Returns the beginning of the text and the mark. No code point is split.
   *
   * @param maxBytes most bytes of the result in UTF-8; below three the result is empty
   */
  static String cut(String text, int maxBytes) {
    int room = maxBytes - MARK_BYTES;
    if (room < 0) {
      return "";
    }
    int end = 0;
    while (end < text.length()) {
      int codePoint = text.codePointAt(end);
      room -= utf8Length(codePoint);
      if (room < 0) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return text.substring(0, end) + MARK;
  }

  /**
   * Returns the length of a code point; an unpaired surrogate becomes a question mark, which is one
   * byte.
   */
  private static int utf8Length(int codePoint) {
    if (codePoint < 0x80 || (codePoint < 0x10000 && Character.isSurrogate((char) codePoint))) {
      return 1;
    }
    return codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
}
