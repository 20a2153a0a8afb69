// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.EventLayout;
import java.util.function.IntSupplier;
import java.util.logging.Level;

/**
 * Logs once that ftrace does not deliver an event that was written, because the event does not fit
 * into one of this machine's pages. Only the consumer's thread uses it.
 */
final class LongEvents {

  private static final int NEVER = Integer.MAX_VALUE;

  private final String eventName;
  private final IntSupplier maxLengthFtrace;

  /**
   * The length above which events are checked. Every kernel delivers events up to its first value.
   */
  private int threshold = EventLayout.MAX_LENGTH_FTRACE;

  /**
   * Creates the check.
   *
   * @param maxLengthFtrace returns the longest buffer that ftrace delivers here, in bytes; called
   *     once, when an event is longer than the limit that all machines have
   */
  LongEvents(String eventName, IntSupplier maxLengthFtrace) {
    this.eventName = eventName;
    this.maxLengthFtrace = maxLengthFtrace;
  }

  /** Returns whether {@link #report} must check an event of this length. */
  boolean isLong(int length) {
    return length > threshold;
  }

  /**
   * Reports a written event {@linkplain #isLong of such a length} if ftrace does not deliver it.
   */
  void report(int length) {
    // This comes before anything that may fail, because one attempt is enough.
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
