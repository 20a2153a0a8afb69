// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.EventLayout;

/**
 * Holds the settings of events: how long records and events may be, whether an event may have
 * several records, and how fast events may follow each other.
 *
 * @param maxRecordLength longest record in bytes
 * @param maxEventLength length in bytes up to which records are gathered; a longer record goes
 *     alone
 * @param gatherRecords whether records that wait together become one event
 */
record EventSettings(
    int maxRecordLength, int maxEventLength, boolean gatherRecords, Pacing pacing) {

  static final EventSettings DEFAULT =
      new EventSettings(
          EventLayout.MAX_LENGTH_FTRACE, EventLayout.MAX_LENGTH_FTRACE, true, Pacing.NONE);

  EventSettings withMaxRecordLength(int length) {
    return new EventSettings(
        SettingRanges.requireDeliverable("maxRecordLength", length),
        maxEventLength,
        gatherRecords,
        pacing);
  }

  EventSettings withMaxEventLength(int length) {
    return new EventSettings(
        maxRecordLength,
        SettingRanges.requireDeliverable("maxEventLength", length),
        gatherRecords,
        pacing);
  }

  EventSettings withGatherRecords(boolean gather) {
    return new EventSettings(maxRecordLength, maxEventLength, gather, pacing);
  }

  EventSettings withPacing(Pacing other) {
    return new EventSettings(maxRecordLength, maxEventLength, gatherRecords, other);
  }

  /** Returns the length of the longest event in bytes. */
  int longestEvent() {
    return gatherRecords ? Math.max(maxRecordLength, maxEventLength) : maxRecordLength;
  }

  /**
   * Checks that pacing lets the longest event go.
   *
   * @throws IllegalArgumentException if it does not
   */
  void requirePossible() {
    pacing.requireRoomFor(longestEvent());
  }

  @Override
  public String toString() {
    return "maxRecordLength="
        + maxRecordLength
        + ", maxEventLength="
        + maxEventLength
        + ", gatherRecords="
        + gatherRecords
        + ", pacing="
        + pacing;
  }
}
