// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Curves that are drawn into one system of axes; the first is the baseline. */
public record LatencyPanel(String title, List<LatencyCurve> curves) {

  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 99.999};

  /** Returns the percentiles as a table of Markdown. */
  String table() {
    StringBuilder table = new StringBuilder(title).append("\n\n| ns |");
    for (double percentile : PERCENTILES) {
      table.append(' ').append(percent(percentile)).append(" % |");
    }
    table.append(" max | refused |\n|---|");
    table.append("---:|".repeat(PERCENTILES.length + 2)).append('\n');
    for (LatencyCurve curve : curves) {
      Histogram histogram = curve.histogram();
      table.append("| ").append(curve.name()).append(" |");
      for (double percentile : PERCENTILES) {
        table.append(number(histogram.getValueAtPercentile(percentile)));
      }
      table.append(number(histogram.getMaxValue()));
      table.append(String.format(Locale.ROOT, " %.1f %% |%n", curve.refusedPercent()));
    }
    return table.toString();
  }

  private static String percent(double percentile) {
    return percentile == Math.rint(percentile)
        ? String.valueOf((long) percentile)
        : String.valueOf(percentile);
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, " %,d |", value);
  }
}
