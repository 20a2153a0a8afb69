// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import io.userevents.cli.console.Json;
import io.userevents.cli.series.Series;
import io.userevents.cli.series.SeriesTable;
import java.io.PrintWriter;

/** A line for each point, as it comes: text, or an object of JSON. */
final class LineOutput implements Output {

  private final PrintWriter out;
  private final boolean isJson;
  private final StringBuilder lines = new StringBuilder();

  LineOutput(PrintWriter out, boolean isJson) {
    this.out = out;
    this.isJson = isJson;
  }

  @Override
  public void changed(Series series) {
    if (isJson) {
      Json json = new Json();
      SeriesText.addTo(json, series);
      lines.append(json);
    } else {
      lines.append(SeriesText.line(series));
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
