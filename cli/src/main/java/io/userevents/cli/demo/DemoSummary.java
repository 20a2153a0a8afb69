// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.userevents.exporter.ExporterStatistics;
import io.userevents.pipeline.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * What both ends of a demo counted, each by itself.
 *
 * @param writtenPoints that the kernel took, says the exporter
 * @param droppedPoints that it did not, whatever the cause
 * @param skippedExports that the exporter dismissed because it saw no listener
 * @param writtenRecords that the kernel took, says the pipeline
 * @param receivedPoints decoded from what was read back
 * @param lostEvents reported by listener or kernel
 * @param malformedEvents read back but not decodable
 * @param via how the events came back
 */
record DemoSummary(
    long writtenPoints,
    long droppedPoints,
    long skippedExports,
    long writtenRecords,
    long receivedPoints,
    long lostEvents,
    long malformedEvents,
    String via) {

  static DemoSummary of(ExporterStatistics sent, OwnPoints received, long lostEvents, String via) {
    long dropped = 0;
    for (Outcome outcome : Outcome.values()) {
      if (outcome != Outcome.WRITTEN) {
        dropped += sent.points(outcome);
      }
    }
    return new DemoSummary(
        sent.points(Outcome.WRITTEN),
        dropped,
        sent.skippedExports(),
        sent.pipeline().written(),
        received.received(),
        lostEvents,
        received.malformed(),
        via);
  }

  /** Points handed to the exporter while a listener was attached. */
  long exportedPoints() {
    return writtenPoints + droppedPoints;
  }

  /** Points and events that anybody reports as lost. */
  long lost() {
    return droppedPoints + lostEvents + malformedEvents;
  }

  /** The line that ends the demo; scripts may rely on its form. */
  String line() {
    return "demo: points exported="
        + exportedPoints()
        + " received="
        + receivedPoints
        + " records written="
        + writtenRecords
        + " lost="
        + lost()
        + " via="
        + via;
  }

  /** What is not as it should be; empty if every point came back. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (exportedPoints() == 0) {
      problems.add("no point was exported");
    }
    if (receivedPoints != exportedPoints()) {
      problems.add("received=" + receivedPoints + " differs from exported=" + exportedPoints());
    }
    addIfAny(problems, droppedPoints, "points were dropped by the exporter");
    addIfAny(problems, lostEvents, "events were lost by the listener or the kernel");
    addIfAny(problems, malformedEvents, "events could not be decoded");
    addIfAny(problems, skippedExports, "exports found no listener attached");
    return problems;
  }

  private static void addIfAny(List<String> problems, long count, String what) {
    if (count != 0) {
      problems.add(count + " " + what);
    }
  }
}
