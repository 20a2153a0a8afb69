// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import io.userevents.cli.series.Series;
import io.userevents.cli.sink.SeriesText;
import java.util.ArrayList;
import java.util.List;

/**
 * Formats series as a table. Columns shrink until the table fits: the widest first, down to a
 * minimum width. The widths are computed for each picture from the rows that it shows.
 */
final class TableView {

  /** Up to this width, there is no room for the source of a series. */
  private static final int WIDE = 110;

  private static final int SPARKLINE = 12;
  private static final int WIDE_SPARKLINE = 20;
  private static final int LEAST = 8;
  private static final String GAP = " ";

  private static final String[] TITLES = {"METRIC", "ATTRIBUTES", "VALUE", "RATE", "SOURCE"};
  private static final int METRIC = 0;
  private static final int ATTRIBUTES = 1;
  private static final int VALUE = 2;
  private static final int RATE = 3;
  private static final int SOURCE = 4;

  private final Columns columns;
  private final Sparkline sparkline;

  TableView(boolean isUnicode) {
    columns = new Columns(isUnicode);
    sparkline = new Sparkline(isUnicode);
  }

  /**
   * Returns the lines of the table, titles first. No line exceeds the width.
   *
   * @param width in columns of the terminal
   * @param nowNs {@link System#nanoTime}
   */
  List<String> lines(List<Series> series, int width, long nowNs) {
    boolean isWide = width >= WIDE;
    int curve = isWide ? WIDE_SPARKLINE : SPARKLINE;
    int count = isWide ? TITLES.length : SOURCE;
    List<String[]> rows = new ArrayList<>();
    rows.add(TITLES);
    for (Series one : series) {
      rows.add(
          new String[] {
            one.key().metric(),
            one.key().attributes(),
            SeriesText.value(one),
            SeriesText.rate(one),
            SeriesText.source(one)
          });
    }
    int[] widths = widths(rows, count, width - curve - count * GAP.length());
    List<String> lines = new ArrayList<>();
    lines.add(line(TITLES, widths, "LAST MINUTE", width));
    for (int i = 0; i < series.size(); i++) {
      String line = sparkline.of(series.get(i).history(curve, nowNs));
      lines.add(line(rows.get(i + 1), widths, line, width));
    }
    return lines;
  }

  /** Returns a line that does not exceed this width. */
  String cut(String line, int width) {
    return columns.cutEnd(line, width);
  }

  /**
   * Returns the widths. Each column is as wide as its widest text, unless the table would be too
   * wide.
   */
  private static int[] widths(List<String[]> rows, int count, int available) {
    int[] widths = new int[count];
    int total = 0;
    for (int i = 0; i < count; i++) {
      for (String[] row : rows) {
        widths[i] = Math.max(widths[i], Columns.width(row[i]));
      }
      // No text takes more than half of the table, even if there is room.
      widths[i] = Math.min(widths[i], Math.max(LEAST, available / 2));
      total += widths[i];
    }
    while (total > available) {
      int widest = 0;
      for (int i = 1; i < count; i++) {
        widest = widths[i] > widths[widest] ? i : widest;
      }
      if (widths[widest] <= LEAST) {
        break;
      }
      widths[widest]--;
      total--;
    }
    return widths;
  }

  private String line(String[] cells, int[] widths, String curve, int width) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(
          switch (i) {
            case VALUE, RATE -> columns.right(cells[i], widths[i]);
            case METRIC, ATTRIBUTES, SOURCE -> columns.middle(cells[i], widths[i]);
            default -> throw new IllegalStateException("column " + i);
          });
      line.append(GAP);
    }
    return columns.cutEnd(line.append(curve).toString().stripTrailing(), width);
  }
}
