// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.listener.internal.EventDecoder;

/** Counts the events that a reader finds. Not thread-safe. */
final class FileTally {
  long events;
  long bytes;
  long lostEvents;
  long lostUncounted;
  long malformedEvents;
  long otherProtocolEvents;
  long foreignEvents;
  long unorderedEvents;
  boolean isCut;
  private long latestNs = Long.MIN_VALUE;

  /** Counts an event that is not delivered. */
  void addRefused(EventDecoder.Result result) {
    switch (result) {
      case OTHER_PROTOCOL -> otherProtocolEvents++;
      case FOREIGN -> foreignEvents++;
      case MALFORMED -> malformedEvents++;
      case RECEIVED -> throw new IllegalArgumentException("this event is delivered");
    }
  }

  /** Counts an event that is delivered now. */
  void add(int length, long timestampNs) {
    events++;
    bytes += length;
    if (timestampNs < latestNs) {
      unorderedEvents++;
    } else {
      latestNs = timestampNs;
    }
  }

  /** Adds a number from a file. The number can have any value. */
  void addLost(long count) {
    long sum = lostEvents + Math.max(0, count);
    lostEvents = sum < 0 ? Long.MAX_VALUE : sum;
  }
}
