// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.EventLayout;
import java.util.function.IntSupplier;
import java.util.logging.Level;

/**
 * Says once in the log that ftrace does not deliver an event that was written, because it does not
 * fit into one of this machine's pages. For the consumer's thread.
 */
final class LongEvents {

  private static final int NEVER = Integer.MAX_VALUE;

  private final String eventName;
  private final IntSupplier maxLengthFtrace;

  /** Events above this length are looked at. Up to the first value every kernel delivers them. */
  private int threshold = EventLayout.MAX_LENGTH_FTRACE;

  /**
   * @param maxLengthFtrace the longest buffer that ftrace delivers here, in bytes; asked once, when
   *     an event is longer than the least of all machines
   */
  LongEvents(String eventName, IntSupplier maxLengthFtrace) {
    this.eventName = eventName;
    this.maxLengthFtrace = maxLengthFtrace;
  }

  /** Whether {@link #report} has anything to look at. */
  boolean isLong(int length) {
    return length > threshold;
  }

  /** An event {@linkplain #isLong of such a length} was written. */
  void report(int length) {
    // Before anything that may fail: one try is enough.
    threshold = NEVER;
    int limit = maxLengthFtrace.getAsInt();
    if (length <= limit) {
      threshold = limit;
      return;
    }
    SafeLog.log(
        Level.WARNING,
        "tracepoint "
            + eventName
            + ": an event of "
            + length
            + " bytes was written: perf delivers it, ftrace does not deliver events above "
            + limit
            + " bytes on this machine, as an event has to fit into a page of its memory; if this"
            + " tracepoint is read by ftrace, set maxRecordLength and maxEventLength to "
            + limit
            + " (not logged again)",
        null);
  }
}
