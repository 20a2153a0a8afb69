// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.sink;

import io.userevents.cli.console.Json;
import io.userevents.cli.series.Series;
import io.userevents.cli.series.SeriesTable;
import java.io.PrintWriter;

/** Prints a line for each point as it arrives: text, or a JSON object. */
public final class LineOutput implements Output {

  /** The content of a line. */
  public enum Style {
    /** Readable text. */
    TEXT,
    /** The time of the point, then the text. The time matters if the point is old. */
    TIME_AND_TEXT,
    /** A JSON object. */
    JSON
  }

  private final PrintWriter out;
  private final Style style;
  private final StringBuilder lines = new StringBuilder();

  /** Creates an output that has printed nothing. */
  public LineOutput(PrintWriter out, Style style) {
    this.out = out;
    this.style = style;
  }

  @Override
  public void changed(Series series) {
    switch (style) {
      case TEXT -> lines.append(SeriesText.line(series));
      case TIME_AND_TEXT ->
          lines.append(SeriesText.time(series)).append("  ").append(SeriesText.line(series));
      case JSON -> {
        Json json = new Json();
        SeriesText.addTo(json, series);
        lines.append(json);
      }
    }
    lines.append('\n');
  }

  @Override
  public void refresh(SeriesTable table, String status, long nowNs) {
    if (lines.length() > 0) {
      out.print(lines);
      out.flush();
      lines.setLength(0);
    }
  }

  @Override
  public void end(SeriesTable table, String status, long nowNs) {
    refresh(table, status, nowNs);
  }

  @Override
  public void close() {}
}
