// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.EventLayout;

/**
 * A limit on how fast a pipeline may fill the buffer of its reader.
 *
 * @param bytesPerSecond bytes per second; 0 without a limit
 * @param burstBytes bytes of a burst after a pause; 0 without a limit
 */
record Pacing(long bytesPerSecond, int burstBytes) {

  static final long MIN_BYTES_PER_SECOND = 1_000;
  static final long MAX_BYTES_PER_SECOND = 1_000_000_000_000L;
  static final int MAX_BURST_BYTES = 1 << 30;

  /** No limit: events go as fast as the kernel takes them. */
  static final Pacing NONE = new Pacing(0, 0);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if either is not in its range, unless both are 0
   */
  static Pacing of(long bytesPerSecond, int burstBytes) {
    if (bytesPerSecond == 0 && burstBytes == 0) {
      return NONE;
    }
    if (bytesPerSecond < MIN_BYTES_PER_SECOND || bytesPerSecond > MAX_BYTES_PER_SECOND) {
      throw new IllegalArgumentException(
          "bytesPerSecond must be "
              + MIN_BYTES_PER_SECOND
              + " to "
              + MAX_BYTES_PER_SECOND
              + ", or 0 with burstBytes=0 for no pacing: bytesPerSecond="
              + bytesPerSecond
              + " burstBytes="
              + burstBytes);
    }
    if (burstBytes < 1 || burstBytes > MAX_BURST_BYTES) {
      throw new IllegalArgumentException(
          "burstBytes must be 1 to "
              + MAX_BURST_BYTES
              + ", or 0 with bytesPerSecond=0 for no pacing: bytesPerSecond="
              + bytesPerSecond
              + " burstBytes="
              + burstBytes);
    }
    return new Pacing(bytesPerSecond, burstBytes);
  }

  /**
   * Checks that a full bucket lets the longest event go.
   *
   * @throws IllegalArgumentException if it does not
   */
  void requireRoomFor(int longestEvent) {
    int needed = EventLayout.perfSampleLength(longestEvent);
    if (isLimited() && burstBytes < needed) {
      throw new IllegalArgumentException(
          "burstBytes must have room for the longest event in perf's buffer: burstBytes="
              + burstBytes
              + " needed="
              + needed
              + " (an event of "
              + longestEvent
              + " bytes with perf's headers): raise burstBytes, or lower maxRecordLength and"
              + " maxEventLength");
    }
  }

  boolean isLimited() {
    return bytesPerSecond > 0;
  }

  @Override
  public String toString() {
    return isLimited() ? bytesPerSecond + "B/s+" + burstBytes + "B" : "none";
  }
}
