// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.userevents.cli.console.Json;
import java.io.PrintWriter;

/** Prints points and summary as JSON: an object on each line, or one document at the end. */
final class JsonRows implements Rows {

  private final PrintWriter out;
  private final boolean isDocument;
  private final Json document = new Json();

  /**
   * Creates rows that have printed nothing.
   *
   * @param isDocument whether the output is one document
   */
  JsonRows(PrintWriter out, boolean isDocument) {
    this.out = out;
    this.isDocument = isDocument;
  }

  @Override
  public void begin() {
    document.begin().name("points").beginArray();
  }

  @Override
  public void print(PointRow row) {
    if (isDocument) {
      add(document, row);
    } else {
      Json line = new Json();
      add(line, row);
      out.println(line);
    }
  }

  private static void add(Json json, PointRow row) {
    json.begin().name("metric").value(row.metric());
    json.name("type").value(row.type());
    json.name("attributes").value(row.attributes());
    json.name("value").value(row.value());
    json.name("unit").value(row.unit()).end();
  }

  @Override
  public void end(DemoSummary summary) {
    if (isDocument) {
      document.endArray();
      add(document, summary);
      out.println(document.end());
    } else {
      Json line = new Json().begin();
      add(line, summary);
      out.println(line.end());
    }
    out.flush();
  }

  private static void add(Json json, DemoSummary summary) {
    json.name("summary").begin();
    json.name("exportedPoints").value(summary.exportedPoints());
    json.name("receivedPoints").value(summary.receivedPoints());
    json.name("writtenRecords").value(summary.writtenRecords());
    json.name("lost").value(summary.lost());
    json.name("via").value(summary.via()).end();
  }
}
