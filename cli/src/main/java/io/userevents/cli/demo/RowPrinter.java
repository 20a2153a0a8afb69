// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import java.io.PrintWriter;

/**
 * Prints rows as they arrive, in columns. A column grows with the widest text so far, because later
 * rows are unknown. Used by one thread.
 */
final class RowPrinter implements Rows {

  private static final String GAP = "  ";

  private final PrintWriter out;

  /** The widths of all columns except the last, sufficient for the demo's rows. */
  private final int[] widths = {30, 22, 41, 54};

  RowPrinter(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void begin() {
    print("METRIC", "TYPE", "ATTRIBUTES", "VALUE", "UNIT");
  }

  @Override
  public void print(PointRow row) {
    print(row.metric(), row.type(), row.attributes(), row.value(), row.unit());
  }

  @Override
  public void end(DemoSummary summary) {
    out.println(summary.line());
    out.flush();
  }

  private void print(String... cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      line.append(cells[i]);
      if (i < widths.length) {
        widths[i] = Math.max(widths[i], cells[i].length());
        line.append(" ".repeat(widths[i] - cells[i].length())).append(GAP);
      }
    }
    out.println(line.toString().stripTrailing());
  }
}
