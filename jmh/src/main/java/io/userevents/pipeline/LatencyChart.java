// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
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

  /** From the median to the 99.999th percentile, in decades of 1 / (1 - p). */
  private static final double FIRST_DECADE = Math.log10(2);

  private static final double LAST_DECADE = 5;
  private static final int POINTS = 200;

  private static final Color BASELINE_COLOR = new Color(0x80, 0x80, 0x80);

  /** Told apart with any colour vision (Okabe and Ito, Color Universal Design, 2008). */
  private static final Color[] COLORS = {
    new Color(0x00, 0x72, 0xB2),
    new Color(0xD5, 0x5E, 0x00),
    new Color(0x00, 0x9E, 0x73),
    new Color(0xCC, 0x79, 0xA7),
    new Color(0xE6, 0x9F, 0x00)
  };

  private LatencyChart() {}

  /**
   * Checks the name of a file before there is anything to be drawn.
   *
   * @throws IllegalArgumentException if it cannot be drawn to
   */
  static void requireSupported(Path file) {
    if (!isSvg(file) && !file.toString().endsWith(".png")) {
      throw new IllegalArgumentException("file must end in .svg or .png: file=" + file);
    }
  }

  static void draw(List<LatencyPanel> panels, Path file) throws IOException {
    int height = PANEL_HEIGHT * panels.size();
    if (isSvg(file)) {
      VectorGraphics2D graphics = new VectorGraphics2D();
      paint(panels, graphics);
      try (OutputStream out = Files.newOutputStream(file)) {
        Processors.get("svg")
            .getDocument(graphics.getCommands(), new PageSize(0, 0, WIDTH, height))
            .writeTo(out);
      }
    } else {
      BufferedImage image = new BufferedImage(WIDTH, height, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      paint(panels, graphics);
      graphics.dispose();
      ImageIO.write(image, "png", file.toFile());
    }
  }

  private static boolean isSvg(Path file) {
    return file.toString().endsWith(".svg");
  }

  private static void paint(List<LatencyPanel> panels, Graphics2D graphics) {
    for (LatencyPanel panel : panels) {
      chart(panel).paint(graphics, WIDTH, PANEL_HEIGHT);
      graphics.translate(0, PANEL_HEIGHT);
    }
  }

  private static XYChart chart(LatencyPanel panel) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(PANEL_HEIGHT)
            .title(panel.title())
            .xAxisTitle("percentile of the calls")
            .yAxisTitle("duration of a call (logarithmic)")
            .build();
    style(chart.getStyler());
    double[] rarities = new double[POINTS];
    for (int i = 0; i < POINTS; i++) {
      double decade = FIRST_DECADE + (LAST_DECADE - FIRST_DECADE) * i / (POINTS - 1);
      rarities[i] = Math.pow(10, decade);
    }
    double longest = 0;
    for (int i = 0; i < panel.curves().size(); i++) {
      LatencyCurve curve = panel.curves().get(i);
      double[] durations = durations(curve.histogram(), rarities);
      longest = Math.max(longest, durations[POINTS - 1]);
      XYSeries series = chart.addSeries(curve.name(), rarities, durations);
      series.setMarker(SeriesMarkers.NONE);
      series.setLineWidth(2);
      if (i == 0) {
        series.setLineColor(BASELINE_COLOR);
        series.setLineStyle(
            new BasicStroke(
                2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {6, 4}, 0));
      } else {
        series.setLineColor(COLORS[(i - 1) % COLORS.length]);
      }
    }
    chart.getStyler().setYAxisMin(10.0).setYAxisMax(decadeAbove(longest));
    return chart;
  }

  private static void style(XYStyler styler) {
    styler.setXAxisLogarithmic(true);
    styler.setYAxisLogarithmic(true);
    styler.setXAxisLogarithmicDecadeOnly(false);
    styler.setXAxisMin(Math.pow(10, FIRST_DECADE)).setXAxisMax(Math.pow(10, LAST_DECADE));
    styler.setXAxisTickLabelsFormattingFunction(LatencyChart::percentile);
    styler.setYAxisTickLabelsFormattingFunction(LatencyChart::duration);
    styler.setPlotContentSize(1);
    styler.setLegendPosition(LegendPosition.InsideNW);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotGridLinesColor(new Color(0xE0, 0xE0, 0xE0));
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
  }

  private static double[] durations(Histogram histogram, double[] rarities) {
    double[] durations = new double[rarities.length];
    for (int i = 0; i < rarities.length; i++) {
      long ns = histogram.getValueAtPercentile(100 * (1 - 1 / rarities[i]));
      // A logarithmic axis has no 0.
      durations[i] = Math.max(1, ns);
    }
    return durations;
  }

  private static double decadeAbove(double ns) {
    return Math.pow(10, Math.ceil(Math.log10(ns)));
  }

  /** The median and the decades have a label, ticks between have none. */
  private static String percentile(double rarity) {
    double decade = Math.log10(rarity);
    boolean labelled = Math.abs(rarity - 2) < 1e-6 || Math.abs(decade - Math.rint(decade)) < 1e-6;
    if (!labelled) {
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
