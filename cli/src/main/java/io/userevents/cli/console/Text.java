// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Formats values for readable output. */
public final class Text {

  private static final MathContext FIVE_DIGITS = new MathContext(5);
  private static final double MAX_PLAIN = 1e15;
  private static final int FIRST_PRINTABLE = 0x20;
  private static final int LAST_PRINTABLE = 0x7e;
  private static final int NO_BASE = -1;

  /** More marks than any language puts on a letter. */
  private static final int MAX_ATTACHED = 8;

  private static final int KIB = 1024;
  private static final double MIN_PLAIN = 1e-4;

  private Text() {}

  /**
   * Formats a number with five digits, which are enough to compare by eye. Very large and very
   * small numbers keep an exponent.
   */
  public static String number(double value) {
    double magnitude = Math.abs(value);
    if (value == 0) {
      return "0";
    }
    if (!(magnitude < MAX_PLAIN) || magnitude < MIN_PLAIN) {
      return Double.toString(value);
    }
    BigDecimal exact = BigDecimal.valueOf(value);
    // Digits before the point are never dropped.
    BigDecimal rounded =
        exact.precision() - exact.scale() >= FIVE_DIGITS.getPrecision()
            ? exact.setScale(0, FIVE_DIGITS.getRoundingMode())
            : exact.round(FIVE_DIGITS);
    return rounded.stripTrailingZeros().toPlainString();
  }

  /** Formats a number of bytes with a binary unit, for example {@code 1.5 MiB}. */
  public static String bytes(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double scaled = bytes;
    int unit = 0;
    while (scaled >= KIB && unit < units.length - 1) {
      scaled /= KIB;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", scaled, units[unit]);
  }

  /**
   * Makes text of other programs safe to show: characters that move the cursor, change the
   * direction of writing, or are invisible are written as {@code \\uXXXX}. Combining marks stay, up
   * to 8 per letter, because many languages need them. The vowels and final consonants of Hangul
   * that follow a Hangul letter also stay.
   */
  public static String printable(String text) {
    StringBuilder safe = null;
    // The last letter that can have marks, and the number of its marks.
    int base = NO_BASE;
    int attached = 0;
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      boolean isHidden = isHidden(c);
      if (!isHidden && isAttached(c)) {
        attached++;
        isHidden = base == NO_BASE || attached > MAX_ATTACHED || (isJamo(c) && !isHangul(base));
      } else {
        base = isHidden ? NO_BASE : c;
        attached = 0;
      }
      if (isHidden && safe == null) {
        safe = new StringBuilder(text.length() + 8).append(text, 0, i);
      }
      if (safe != null) {
        if (isHidden) {
          safe.append(c > 0xffff ? String.format("\\u{%x}", c) : String.format("\\u%04x", c));
        } else {
          safe.appendCodePoint(c);
        }
      }
      i += Character.charCount(c);
    }
    return safe == null ? text : safe.toString();
  }

  /** Returns whether a terminal draws the character into the cell of the letter before it. */
  private static boolean isAttached(int c) {
    if (c <= LAST_PRINTABLE) {
      return false;
    }
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || isJamo(c);
  }

  /** Vowels and final consonants of Hangul Jamo, and of its extension B. */
  private static boolean isJamo(int c) {
    return (c >= 0x1160 && c <= 0x11ff) || (c >= 0xd7b0 && c <= 0xd7ff);
  }

  /** First consonants of Hangul Jamo and its extension A, and whole syllables. */
  private static boolean isHangul(int c) {
    return (c >= 0x1100 && c < 0x1160)
        || (c >= 0xa960 && c <= 0xa97f)
        || (c >= 0xac00 && c <= 0xd7a3);
  }

  private static boolean isHidden(int c) {
    if (c >= FIRST_PRINTABLE && c <= LAST_PRINTABLE) {
      return false;
    }
    return switch (Character.getType(c)) {
      // FORMAT has the bidirectional controls, zero-width spaces and joiners, and tags.
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> isInvisibleLetterOrMark(c);
    };
  }

  /**
   * Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt) without format characters.
   */
  private static boolean isInvisibleLetterOrMark(int c) {
    return c == 0x34f
        || c == 0x115f
        || c == 0x1160
        || c == 0x17b4
        || c == 0x17b5
        || (c >= 0x180b && c <= 0x180f)
        || c == 0x3164
        || (c >= 0xfe00 && c <= 0xfe0f)
        || c == 0xffa0
        || (c >= 0xe0100 && c <= 0xe01ef);
  }

  /**
   * Returns the part of a message before its first semicolon. This project's messages have advice
   * after it.
   */
  public static String firstClause(String message) {
    int end = message.indexOf(';');
    return printable(end < 0 ? message : message.substring(0, end));
  }
}
