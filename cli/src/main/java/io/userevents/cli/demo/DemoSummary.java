// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.userevents.exporter.ExporterStatistics;
import io.userevents.pipeline.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * The counts of both ends of a demo. Each end counts independently.
 *
 * @param writtenPoints points that the kernel accepted, by the exporter's count
 * @param droppedPoints points that the kernel did not accept, for any reason
 * @param skippedExports exports that the exporter skipped because it saw no listener
 * @param writtenRecords records that the kernel accepted, by the pipeline's count
 * @param receivedPoints points that were decoded from the events read back
 * @param lostEvents events that the listener or the kernel reported as lost
 * @param malformedEvents events that were read back but could not be decoded
 * @param via the way on which the events came back
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

  /** Returns the points that were passed to the exporter while a listener was attached. */
  long exportedPoints() {
    return writtenPoints + droppedPoints;
  }

  /** Returns the points and events that any part reports as lost. */
  long lost() {
    return droppedPoints + lostEvents + malformedEvents;
  }

  /** Returns the last line of the demo. Scripts may rely on its form. */
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

  /** Returns the problems of the run; empty if every point came back. */
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
