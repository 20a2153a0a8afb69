// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.HdrHistogram.Histogram;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws panels below each other: the percentile from left to right, so that each decade is one more
 * nine; the duration from bottom to top.
 */
final class LatencyChart {

  private static final int WIDTH = 1000;
  private static final int PANEL_HEIGHT = 520;

  /** The pixels for each unit of size, so that the picture is sharp on any screen. */
  private static final int SCALE = 2;

  /**
   * The median in the unit of the axis: percentile p is 1 / (1 - p), so each decade is one more
   * nine.
   */
  private static final double MEDIAN = 2;

  private static final double LAST = 1e5;

  /**
   * The factor by which an axis is longer than its labels, because it has no label right at its
   * ends.
   */
  private static final double MARGIN = 1.2;

  private static final double SHORTEST_NS = 10;
  private static final int POINTS = 200;

  private static final Color BASELINE_COLOR = new Color(0x80, 0x80, 0x80);

  /**
   * Colours that can be told apart with any colour vision (Okabe and Ito, Color Universal Design,
   * 2008).
   */
  private static final Color[] COLORS = {
    new Color(0x00, 0x72, 0xB2),
    new Color(0xD5, 0x5E, 0x00),
    new Color(0x00, 0x9E, 0x73),
    new Color(0xCC, 0x79, 0xA7),
    new Color(0xE6, 0x9F, 0x00)
  };

  private LatencyChart() {}

  /** Writes a PNG. */
  static void draw(List<LatencyPanel> panels, Path file) throws IOException {
    int height = PANEL_HEIGHT * panels.size();
    BufferedImage image =
        new BufferedImage(WIDTH * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.scale(SCALE, SCALE);
    paint(panels, graphics);
    graphics.dispose();
    if (!ImageIO.write(image, "png", file.toFile())) {
      throw new IOException("this JDK cannot write PNG: file=" + file);
    }
  }

  private static void paint(List<LatencyPanel> panels, Graphics2D graphics) {
    double longestNs = decadeAbove(longestNs(panels));
    for (LatencyPanel panel : panels) {
      chart(panel, longestNs).paint(graphics, WIDTH, PANEL_HEIGHT);
      graphics.translate(0, PANEL_HEIGHT);
    }
  }

  private static XYChart chart(LatencyPanel panel, double longestNs) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(PANEL_HEIGHT)
            .title(panel.title())
            .xAxisTitle("percentile of the calls")
            .yAxisTitle("duration of a call (logarithmic)")
            .build();
    style(chart.getStyler());
    chart.getStyler().setYAxisMin(SHORTEST_NS).setYAxisMax(longestNs);
    double[] rarities = rarities();
    for (int i = 0; i < panel.curves().size(); i++) {
      LatencyCurve curve = panel.curves().get(i);
      double[] durations = durations(curve.histogram(), rarities);
      XYSeries series = chart.addSeries(curve.name(), rarities, durations);
      series.setMarker(SeriesMarkers.NONE);
      series.setLineWidth(2);
      series.setLineColor(i == 0 ? BASELINE_COLOR : COLORS[(i - 1) % COLORS.length]);
    }
    return chart;
  }

  private static double[] rarities() {
    double[] rarities = new double[POINTS];
    for (int i = 0; i < POINTS; i++) {
      rarities[i] = MEDIAN * Math.pow(LAST / MEDIAN, (double) i / (POINTS - 1));
    }
    return rarities;
  }

  private static void style(XYStyler styler) {
    styler.setXAxisLogarithmic(true);
    styler.setYAxisLogarithmic(true);
    styler.setXAxisLogarithmicDecadeOnly(false);
    styler.setXAxisMin(MEDIAN / MARGIN).setXAxisMax(LAST * MARGIN);
    styler.setXAxisTickLabelsFormattingFunction(LatencyChart::percentile);
    styler.setYAxisTickLabelsFormattingFunction(LatencyChart::duration);
    styler.setPlotContentSize(1);
    styler.setLegendPadding(12);
    styler.setLegendPosition(LegendPosition.InsideNW);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotGridLinesColor(new Color(0xEC, 0xEC, 0xEC));
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setChartPadding(24);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
  }

  private static double[] durations(Histogram histogram, double[] rarities) {
    double[] durations = new double[rarities.length];
    for (int i = 0; i < rarities.length; i++) {
      durations[i] = durationNs(histogram, rarities[i]);
    }
    return durations;
  }

  /** Returns the duration, at least 1 because a logarithmic axis has no 0. */
  private static double durationNs(Histogram histogram, double rarity) {
    return Math.max(1.0, (double) histogram.getValueAtPercentile(100 * (1 - 1 / rarity)));
  }

  private static double longestNs(List<LatencyPanel> panels) {
    double longestNs = SHORTEST_NS;
    for (LatencyPanel panel : panels) {
      for (LatencyCurve curve : panel.curves()) {
        longestNs = Math.max(longestNs, durationNs(curve.histogram(), LAST));
      }
    }
    return longestNs;
  }

  private static double decadeAbove(double ns) {
    return Math.pow(10, Math.ceil(Math.log10(ns)));
  }

  /** Returns the label of a tick; the median and the decades have one, ticks between have none. */
  private static String percentile(double rarity) {
    double decade = Math.log10(rarity);
    if (rarity != MEDIAN && decade != Math.rint(decade)) {
      return "";
    }
    return BigDecimal.valueOf(100 * (1 - 1 / rarity))
            .setScale(5, RoundingMode.HALF_UP)
            .stripTrailingZeros()
            .toPlainString()
        + " %";
  }

  private static String duration(double ns) {
    if (ns < 1e3) {
      return number(ns) + " ns";
    } else if (ns < 1e6) {
      return number(ns / 1e3) + " µs";
    } else if (ns < 1e9) {
      return number(ns / 1e6) + " ms";
    }
    return number(ns / 1e9) + " s";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
