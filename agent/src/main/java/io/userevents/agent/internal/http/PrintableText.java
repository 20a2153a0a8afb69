// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

/** Converts text from other programs to one line of bounded length that is safe for a log. */
final class PrintableText {

  private PrintableText() {}

  /**
   * Replaces non-printable characters by spaces, joins the spaces, and cuts the line.
   *
   * @param maxChars the length of the line in chars; a line that was cut ends with three dots
   */
  static String line(String text, int maxChars) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), maxChars));
    boolean isSpaceDue = false;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      if (!isPrintable(codePoint)) {
        isSpaceDue = line.length() > 0;
        continue;
      }
      int chars = Character.charCount(codePoint) + (isSpaceDue ? 1 : 0);
      if (line.length() + chars > maxChars) {
        return cut(line, maxChars);
      }
      if (isSpaceDue) {
        line.append(' ');
        isSpaceDue = false;
      }
      line.appendCodePoint(codePoint);
    }
    return line.toString();
  }

  private static String cut(StringBuilder line, int maxChars) {
    int end = Math.min(line.length(), maxChars - 3);
    if (end > 0 && Character.isHighSurrogate(line.charAt(end - 1))) {
      end--;
    }
    return line.substring(0, end) + "...";
  }

  /**
   * Returns whether the character is printable. Format characters are not, because they can change
   * the direction of a line on a terminal.
   */
  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
