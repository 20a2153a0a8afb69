// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counters that one thread at a time adds to and any thread reads. */
final class Tally {

  /** The counters; see {@link ListenerStatistics}. */
  enum Count {
    EVENTS,
    BYTES,
    /** Pages read from ftrace. */
    PAGES,
    /** Samples taken out of perf rings, whether or not a handler received them. */
    SAMPLES,
    MISSED_EVENTS,
    MISSED_UNCOUNTED,
    MALFORMED_BUFFERS,
    MALFORMED_EVENTS,
    OTHER_PROTOCOL_EVENTS,
    FOREIGN_EVENTS,
    INTERRUPTIONS
  }

  /** The counters as they were at one time. */
  static final class Snapshot {
    private final long[] counts;

    private Snapshot(long[] counts) {
      this.counts = counts;
    }

    long get(Count count) {
      return counts[count.ordinal()];
    }
  }

  private static final int COUNTS = Count.values().length;

  private final AtomicLongArray counts = new AtomicLongArray(COUNTS);

  /** Adds to a counter. Only the polling thread may call this. */
  void add(Count count, long amount) {
    int index = count.ordinal();
    // Opaque: one writer, and readers need no order among the counters.
    counts.setOpaque(index, counts.getPlain(index) + amount);
  }

  long get(Count count) {
    return counts.getOpaque(count.ordinal());
  }

  Snapshot snapshot() {
    long[] values = new long[COUNTS];
    for (int i = 0; i < COUNTS; i++) {
      values[i] = counts.getOpaque(i);
    }
    return new Snapshot(values);
  }
}
