// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import io.userevents.cli.console.Json;
import io.userevents.cli.series.Series;
import io.userevents.cli.series.SeriesTable;
import io.userevents.cli.sink.Output;
import io.userevents.cli.sink.SeriesText;
import java.io.PrintWriter;

/** Prints all series once, at the end: a table, or one JSON document. */
final class OnceOutput implements Output {

  private final PrintWriter out;
  private final boolean isJson;
  private final TableView view;
  private final int width;

  /**
   * @param width of the table, in columns
   */
  OnceOutput(PrintWriter out, boolean isJson, TableView view, int width) {
    this.out = out;
    this.isJson = isJson;
    this.view = view;
    this.width = width;
  }

  @Override
  public void changed(Series series) {}

  @Override
  public void refresh(SeriesTable table, String status, long nowNs) {}

  @Override
  public void end(SeriesTable table, String status, long nowNs) {
    if (isJson) {
      Json json = new Json().begin().name("series").beginArray();
      table.sorted().forEach(series -> SeriesText.addTo(json, series));
      out.println(json.endArray().end());
    } else {
      view.lines(table.sorted(), width, nowNs).forEach(out::println);
    }
    out.flush();
  }

  @Override
  public void close() {}
}
