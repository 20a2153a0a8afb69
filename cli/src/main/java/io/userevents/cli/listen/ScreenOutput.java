// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import io.userevents.cli.series.Series;
import io.userevents.cli.series.SeriesTable;
import io.userevents.cli.sink.Output;
import java.io.IOError;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Shows a table that is refreshed in place. At the end, it stays on the terminal. */
final class ScreenOutput implements Output {

  private static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(500);

  /** The lines that are not series: the status, the titles, and the line about further series. */
  private static final int OTHER_LINES = 3;

  private final Screen screen;
  private final TableView view;
  private final PrintWriter out;
  private final Runnable onHangUp;
  private boolean isGone;
  private long drawnNs;
  private boolean isDrawn;

  /**
   * @param onHangUp called once when the terminal is found closed
   */
  ScreenOutput(Screen screen, TableView view, PrintWriter out, Runnable onHangUp) {
    this.screen = screen;
    this.view = view;
    this.out = out;
    this.onHangUp = onHangUp;
  }

  @Override
  public void changed(Series series) {}

  @Override
  public void refresh(SeriesTable table, String status, long nowNs) {
    if (isGone) {
      return;
    }
    try {
      show(table, status, nowNs);
    } catch (IOError e) {
      // JLine reports a failed write in this way.
      isGone = true;
      onHangUp.run();
    } catch (IllegalStateException e) {
      // A terminal that JLine has closed shows nothing.
      if (!Screen.isProcessEnding()) {
        throw e;
      }
    }
  }

  private void show(SeriesTable table, String status, long nowNs) {
    if (isDrawn && nowNs - drawnNs < PERIOD_NS && !screen.isResized()) {
      return;
    }
    isDrawn = true;
    drawnNs = nowNs;
    int width = screen.width();
    List<Series> all = table.sorted();
    int shown = Math.min(all.size(), Math.max(0, screen.height() - OTHER_LINES));
    List<String> lines = new ArrayList<>();
    lines.add(view.cut(status, width));
    lines.addAll(view.lines(all.subList(0, shown), width, nowNs));
    if (shown < all.size()) {
      String more = all.size() - shown + " more series; --metric and --service choose";
      lines.add(view.cut(more, width));
    }
    screen.draw(lines, nowNs);
  }

  @Override
  public void end(SeriesTable table, String status, long nowNs) {
    if (isGone) {
      return;
    }
    int width;
    try {
      width = screen.width();
      screen.close();
    } catch (IOException | IOError e) {
      isGone = true;
      onHangUp.run();
      return;
    }
    view.lines(table.sorted(), width, nowNs).forEach(out::println);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    try {
      screen.close();
    } catch (IOException | IOError e) {
      if (!isGone) {
        throw e;
      }
    }
  }
}
