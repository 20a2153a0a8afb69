// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.w3c.dom.Document;

/**
 * Draws a section as SVG, with its variants from left to right and a bar or a line for each
 * subject.
 */
final class Plot {

  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;

  /** The most subjects with bars; more bars would be too thin to tell apart. */
  private static final int MAX_BARS = 7;

  /** The ratio of the largest to the smallest value from which small bars cannot be seen. */
  private static final double LOGARITHMIC = 30;

  private static final double NS_PER_SECOND = 1e9;

  private static final String SVG_NAMESPACE = "http://www.w3.org/2000/svg";

  /**
   * Colours that can be told apart with any colour vision (Okabe and Ito, Color Universal Design,
   * 2008).
   */
  private static final Color[] COLORS = {
    new Color(0x00, 0x72, 0xB2),
    new Color(0xD5, 0x5E, 0x00),
    new Color(0x00, 0x9E, 0x73),
    new Color(0xCC, 0x79, 0xA7),
    new Color(0xE6, 0x9F, 0x00),
    new Color(0x56, 0xB4, 0xE9),
    new Color(0x80, 0x80, 0x80)
  };

  private Plot() {}

  /** Writes the plot of a section. */
  static void write(Section section, Path file) throws IOException {
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(emptyDocument());
    // Letters are outlines, in which more digits make no visible difference.
    context.setPrecision(1);
    SVGGraphics2D graphics = new SVGGraphics2D(context, false);
    graphics.setSVGCanvasSize(new java.awt.Dimension(WIDTH, HEIGHT));
    chart(section).paint(graphics, WIDTH, HEIGHT);
    StringWriter text = new StringWriter();
    try (Writer writer = text) {
      graphics.stream(writer, false);
    }
    Files.writeString(file, text.toString(), StandardCharsets.UTF_8);
  }

  private static Document emptyDocument() throws IOException {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument(SVG_NAMESPACE, "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IOException("this JDK cannot make an XML document", e);
    }
  }

  private static CategoryChart chart(Section section) {
    boolean hasVariants = !section.variantName().isEmpty();
    // Without a parameter, each subject is a separate bar with its name below it.
    List<String> categories = hasVariants ? section.variants() : section.subjects();
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(section.title())
            .xAxisTitle(section.variantName())
            .yAxisTitle(plottedUnit(section))
            .build();
    style(chart.getStyler(), section, hasVariants);
    if (!hasVariants) {
      List<Double> values =
          section.figures().stream().map(figure -> plotted(section, figure)).toList();
      chart.addSeries(plottedUnit(section), categories, values).setFillColor(COLORS[0]);
      return chart;
    }
    List<String> subjects = section.subjects();
    for (int i = 0; i < subjects.size(); i++) {
      String subject = subjects.get(i);
      List<Double> values =
          categories.stream()
              .map(
                  variant ->
                      section.figure(subject, variant).map(f -> plotted(section, f)).orElse(null))
              .toList();
      CategorySeries series = chart.addSeries(subject, categories, values);
      Color color = COLORS[i % COLORS.length];
      series.setFillColor(color);
      series.setLineColor(color);
      series.setMarkerColor(color);
      series.setMarker(SeriesMarkers.CIRCLE);
    }
    return chart;
  }

  private static void style(CategoryStyler styler, Section section, boolean hasVariants) {
    styler.setDefaultSeriesRenderStyle(
        hasVariants && section.subjects().size() > MAX_BARS
            ? CategorySeries.CategorySeriesRenderStyle.Line
            : CategorySeries.CategorySeriesRenderStyle.Bar);
    double smallest = smallest(section);
    if (smallest > 0 && largest(section) / smallest > LOGARITHMIC) {
      styler.setYAxisLogarithmic(true);
      // Bars would begin at 0, which this axis does not have.
      styler.setYAxisMin(Math.pow(10, Math.floor(Math.log10(smallest))));
    }
    styler.setLegendVisible(hasVariants);
    styler.setLegendPosition(LegendPosition.OutsideE);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setAvailableSpaceFill(0.8);
    fonts(styler);
  }

  private static void fonts(AxesChartStyler styler) {
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
  }

  private static double largest(Section section) {
    return section.figures().stream().mapToDouble(f -> plotted(section, f)).max().orElse(1);
  }

  private static double smallest(Section section) {
    return section.figures().stream().mapToDouble(f -> plotted(section, f)).min().orElse(1);
  }

  /** Returns the value that is drawn: that of the figure, or the rate that follows from it. */
  static double plotted(Section section, Figure figure) {
    return section.rate() == null ? figure.value() : NS_PER_SECOND / figure.value();
  }

  private static String plottedUnit(Section section) {
    String rate = section.rate();
    return rate == null ? section.unit() : rate;
  }
}
