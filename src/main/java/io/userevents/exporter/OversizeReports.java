// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.exporter.internal.log.ThrottledLog;
import io.userevents.tracepoint.EventLayout;
import java.util.logging.Logger;

/** Says in the log, once a minute at most for each, which metric's points are cut or dropped. */
final class OversizeReports {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());

  private final int maxRecordLength;
  private final ThrottledLog dropped = new ThrottledLog(LOGGER);
  private final ThrottledLog reduced = new ThrottledLog(LOGGER);

  OversizeReports(int maxRecordLength) {
    this.maxRecordLength = maxRecordLength;
  }

  /** A point was dropped. */
  void dropped(String metric, int encodedLength, long nowNs) {
    dropped.warn(
        count ->
            "points dropped because they fit into no record, even without exemplars and"
                + " description: count="
                + count
                + " since the last report, last metric="
                + metric
                + " encodedLength="
                + (encodedLength == Integer.MAX_VALUE
                    ? "above 16 MiB, or attributes nested too deeply"
                    : encodedLength)
                + " maxRecordLength="
                + maxRecordLength
                + advice(),
        null,
        nowNs);
  }

  /** A point went out without exemplars, and maybe without description. */
  void reduced(String metric, boolean withoutDescription, long nowNs) {
    reduced.warn(
        count ->
            "points exported without what made them too large for a record: count="
                + count
                + " since the last report, last metric="
                + metric
                + " leftOut="
                + (withoutDescription ? "exemplars and description" : "exemplars")
                + " maxRecordLength="
                + maxRecordLength
                + advice(),
        null,
        nowNs);
  }

  private static String advice() {
    int maxLengthFtrace = EventLayout.maxLengthFtraceHere();
    return "; record fewer or shorter attributes, or raise the limit with"
        + " setMaxSinglePointRecordLength, up to "
        + EventLayout.MAX_LENGTH_PERF
        + (maxLengthFtrace < EventLayout.MAX_LENGTH_PERF
            ? "; ftrace delivers " + maxLengthFtrace + " only"
            : "");
  }

  /** Says the rest, whatever the time. */
  void complete() {
    dropped.complete();
    reduced.complete();
  }
}
