// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

/** Draws a small curve on one line. */
final class Sparkline {

  private static final String BLOCKS = "▁▂▃▄▅▆▇█";
  private static final String ASCII = "_.-:=+*#";

  private final String steps;

  /**
   * @param isUnicode whether the output can show non-ASCII characters
   */
  Sparkline(boolean isUnicode) {
    steps = isUnicode ? BLOCKS : ASCII;
  }

  /**
   * Returns a character for each value, scaled from the smallest to the largest value; a space for
   * NaN.
   */
  String of(double[] values) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (Double.isFinite(value)) {
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
      }
    }
    StringBuilder line = new StringBuilder(values.length);
    for (double value : values) {
      line.append(Double.isFinite(value) ? step(value, least, greatest) : ' ');
    }
    return line.toString();
  }

  private char step(double value, double least, double greatest) {
    double range = greatest - least;
    if (!(range > 0) || !Double.isFinite(range)) {
      return steps.charAt(steps.length() / 2 - 1);
    }
    int step = (int) ((value - least) / range * steps.length());
    return steps.charAt(Math.min(step, steps.length() - 1));
  }
}
