// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.exporter.internal.log.ThrottledLog;
import io.userevents.tracepoint.EventLayout;
import java.util.function.LongFunction;
import java.util.logging.Logger;

/** Logs which metric's points are reduced or dropped, at most once a minute for each of the two. */
final class OversizeReports {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());

  private final int maxRecordLength;
  private final ThrottledLog dropped = new ThrottledLog(LOGGER);
  private final ThrottledLog reduced = new ThrottledLog(LOGGER);

  OversizeReports(int maxRecordLength) {
    this.maxRecordLength = maxRecordLength;
  }

  /** Notes a dropped point. */
  void dropped(String metric, int encodedLength, long nowNs) {
    dropped.warn(new Dropped(metric, encodedLength, maxRecordLength), null, nowNs);
  }

  /** Notes a point that was exported without exemplars, and maybe without description. */
  void reduced(String metric, boolean withoutDescription, long nowNs) {
    reduced.warn(new Reduced(metric, withoutDescription, maxRecordLength), null, nowNs);
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

  /** Logs the points that were not logged yet, at any time. */
  void complete() {
    dropped.complete();
    reduced.complete();
  }

  // The JVM would link a lambda at its first use. If memory is short then, all later uses fail.

  private record Dropped(String metric, int encodedLength, int maxRecordLength)
      implements LongFunction<String> {

    @Override
    public String apply(long count) {
      return "points dropped because they fit into no record, even without exemplars and"
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
          + advice();
    }
  }

  private record Reduced(String metric, boolean withoutDescription, int maxRecordLength)
      implements LongFunction<String> {

    @Override
    public String apply(long count) {
      return "points exported without the parts that made them too large for a record: count="
          + count
          + " since the last report, last metric="
          + metric
          + " leftOut="
          + (withoutDescription ? "exemplars and description" : "exemplars")
          + " maxRecordLength="
          + maxRecordLength
          + advice();
    }
  }
}
