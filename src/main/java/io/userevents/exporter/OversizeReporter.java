// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Says in the log, once a minute at most for each, which metric's points are cut or dropped. */
final class OversizeReporter {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());

  private static final String ADVICE =
      "; record fewer or shorter attributes, or raise the limit with setMaxSinglePointRecordLength, up"
          + " to 8168; ftrace delivers 4048 only";

  private final int maxRecordLength;
  private final OnceAMinute dropped = new OnceAMinute();
  private final OnceAMinute reduced = new OnceAMinute();

  OversizeReporter(int maxRecordLength) {
    this.maxRecordLength = maxRecordLength;
  }

  /** A point was dropped. */
  void report(String metric, int encodedLength, long nowNs) {
    long count = dropped.addAndTake(nowNs);
    if (count > 0) {
      String length =
          encodedLength == Integer.MAX_VALUE
              ? "above 16 MiB, or attributes nested too deeply"
              : String.valueOf(encodedLength);
      log(
          "points dropped because they fit into no record, even without exemplars and description:"
              + " count={0} since the last report, last metric={1} encodedLength={3}"
              + " maxRecordLength={2}",
          count, metric, length);
    }
  }

  /** A point went out without exemplars, and maybe without description. */
  void reportReduced(String metric, boolean withoutDescription, long nowNs) {
    long count = reduced.addAndTake(nowNs);
    if (count > 0) {
      log(
          "points exported without what made them too large for a record: count={0} since the last"
              + " report, last metric={1} leftOut={3} maxRecordLength={2}",
          count, metric, withoutDescription ? "exemplars and description" : "exemplars");
    }
  }

  private void log(String message, long count, String metric, String detail) {
    try {
      LOGGER.log(
          Level.WARNING,
          message + ADVICE,
          new Object[] {String.valueOf(count), metric, String.valueOf(maxRecordLength), detail});
    } catch (Throwable e) {
      // The application's log handler: it must not break off an export.
    }
  }
}
