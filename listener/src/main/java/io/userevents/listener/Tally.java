// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counters that one thread at a time adds to and any thread reads. */
final class Tally {

  /** What is counted; see {@link ListenerStatistics}. */
  enum Count {
    EVENTS,
    BYTES,
    PAGES,
    MISSED_EVENTS,
    MISSED_UNCOUNTED,
    MALFORMED_PAGES,
    MALFORMED_EVENTS,
    OTHER_PROTOCOL_EVENTS,
    FOREIGN_EVENTS
  }

  private final AtomicLongArray counts = new AtomicLongArray(Count.values().length);

  /** To be called by the polling thread only. */
  void add(Count count, long amount) {
    int index = count.ordinal();
    // Opaque: one writer, and readers need no order among the counters.
    counts.setOpaque(index, counts.getPlain(index) + amount);
  }

  long get(Count count) {
    return counts.getOpaque(count.ordinal());
  }

  ListenerStatistics statistics(long abandonedEvents) {
    return new ListenerStatistics(
        get(Count.EVENTS),
        get(Count.BYTES),
        get(Count.PAGES),
        get(Count.MISSED_EVENTS),
        get(Count.MISSED_UNCOUNTED),
        get(Count.MALFORMED_PAGES),
        get(Count.MALFORMED_EVENTS),
        get(Count.OTHER_PROTOCOL_EVENTS),
        get(Count.FOREIGN_EVENTS),
        abandonedEvents);
  }
}
