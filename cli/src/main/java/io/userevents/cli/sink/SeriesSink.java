// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.sink;

import io.userevents.cli.series.SeriesFilter;
import io.userevents.cli.series.SeriesTable;
import java.io.IOException;

/** Adds the points of events to series, which an output shows. */
public final class SeriesSink implements Sink {

  private final SeriesTable table;
  private final Output output;

  /** Creates a sink without series. It closes the output. */
  public SeriesSink(SeriesFilter filter, Output output) {
    this.table = new SeriesTable(filter, SeriesTable.DEFAULT_MAX_SERIES);
    this.output = output;
  }

  @Override
  public void add(byte[] event, int pid, long nowNs) {
    table.add(event, pid, nowNs, output::changed);
  }

  @Override
  public long points() {
    return table.points();
  }

  @Override
  public String omissions() {
    return new Omissions()
        .add(table.filteredPoints(), " points filtered out")
        .add(table.malformedEvents(), " events are not OTLP metrics")
        .add(table.droppedSeries(), " series dropped, those without points for the longest time")
        .toString();
  }

  @Override
  public void refresh(String status, long nowNs) {
    output.refresh(table, status, nowNs);
  }

  @Override
  public void end(String status, long nowNs) throws IOException {
    output.end(table, status, nowNs);
  }

  @Override
  public void close() throws IOException {
    output.close();
  }
}
