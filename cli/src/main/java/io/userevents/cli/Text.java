// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import java.math.BigDecimal;
import java.math.MathContext;

/** How values are written for people. */
final class Text {

  private static final MathContext FIVE_DIGITS = new MathContext(5);
  private static final double MAX_PLAIN = 1e15;
  private static final double MIN_PLAIN = 1e-4;

  private Text() {}

  /** Five digits are enough to compare by eye; very large and very small ones keep an exponent. */
  static String number(double value) {
    double magnitude = Math.abs(value);
    if (value == 0) {
      return "0";
    }
    if (!(magnitude < MAX_PLAIN) || magnitude < MIN_PLAIN) {
      return Double.toString(value);
    }
    BigDecimal exact = BigDecimal.valueOf(value);
    // Never at the cost of digits before the point.
    BigDecimal rounded =
        exact.precision() - exact.scale() >= FIVE_DIGITS.getPrecision()
            ? exact.setScale(0, FIVE_DIGITS.getRoundingMode())
            : exact.round(FIVE_DIGITS);
    return rounded.stripTrailingZeros().toPlainString();
  }

  /** Without what would move a terminal's cursor: names and values come from other programs. */
  static String printable(String text) {
    StringBuilder safe = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) && safe == null) {
        safe = new StringBuilder(text.length() + 8).append(text, 0, i);
      }
      if (safe != null) {
        if (Character.isISOControl(c)) {
          safe.append(String.format("\\u%04x", (int) c));
        } else {
          safe.append(c);
        }
      }
    }
    return safe == null ? text : safe.toString();
  }

  /** What a message says before its first semicolon, after which this project's give advice. */
  static String firstClause(String message) {
    int end = message.indexOf(';');
    return printable(end < 0 ? message : message.substring(0, end));
  }
}
