// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.syscall.Errno;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The pipeline's counters. Each publisher is the only writer of its own ({@link Publisher}), and so
 * is the consumer of those here; reading disturbs neither.
 */
final class Counters {

  private static final int EVENTS = 0;
  private static final int WRITE_CALLS = 1;
  private static final int HIGH_WATER_MARK = 2;
  private static final int LONGEST_DRAIN_PAUSE_NS = 3;
  private static final int PACING_PAUSES = 4;
  private static final int PACED_NS = 5;
  private static final int TOTALS = 6;

  private final Publishers publishers = new Publishers();
  private final AtomicLong policyFailures = new AtomicLong();
  private final AtomicLongArray records = new AtomicLongArray(Outcome.values().length);
  private final AtomicLongArray bytes = new AtomicLongArray(Outcome.values().length);
  private final AtomicLongArray errorRecords = new AtomicLongArray(Errno.COUNT);
  private final AtomicLongArray errorBytes = new AtomicLongArray(Errno.COUNT);
  private final AtomicLongArray totals = new AtomicLongArray(TOTALS);

  Publishers publishers() {
    return publishers;
  }

  /** Any thread: a back-pressure policy has thrown. */
  void policyFailed() {
    policyFailures.incrementAndGet();
  }

  /** Any thread: how often a back-pressure policy has thrown. */
  long policyFailures() {
    return policyFailures.get();
  }

  /** Consumer: so many records of the ring, with so many bytes together, have this outcome. */
  void consumed(Outcome outcome, int recordCount, long byteCount, int errno) {
    if (recordCount == 0) {
      return;
    }
    add(records, outcome.ordinal(), recordCount);
    add(bytes, outcome.ordinal(), byteCount);
    if (outcome == Outcome.DROPPED_ERROR) {
      int index = errno >= 0 && errno < Errno.COUNT ? errno : 0;
      add(errorRecords, index, recordCount);
      add(errorBytes, index, byteCount);
    }
  }

  /** Consumer: an event was handed to the kernel, or refused by it. */
  void writeCall(boolean taken) {
    add(totals, WRITE_CALLS, 1);
    if (taken) {
      add(totals, EVENTS, 1);
    }
  }

  /** Consumer: so many slots were seen to be in use. */
  void waiting(long slots) {
    raise(HIGH_WATER_MARK, slots);
  }

  /** Consumer: records may have waited for this long before it came to look at the ring. */
  void drainPause(long ns) {
    raise(LONGEST_DRAIN_PAUSE_NS, ns);
  }

  /** Consumer: an event was held back for this long. */
  void paced(long ns) {
    add(totals, PACING_PAUSES, 1);
    add(totals, PACED_NS, ns);
  }

  /** Any thread: records of the ring with this outcome; those that never came there are not in. */
  long consumed(Outcome outcome) {
    return records.get(outcome.ordinal());
  }

  /** Any thread: failed records by error, in words. */
  String errors() {
    StringJoiner joiner = new StringJoiner(", ");
    byErrno(errorRecords)
        .forEach((errno, count) -> joiner.add(Errno.describe(errno) + ": " + count));
    return joiner.toString();
  }

  /**
   * Any thread: all counters, with those that the session keeps.
   *
   * @param attachments how often a listener has attached
   * @param attachedNs for how long listeners have been attached
   */
  PipelineStatistics snapshot(long attachments, long attachedNs) {
    int outcomes = Outcome.values().length;
    long[] recordCounts = new long[outcomes];
    long[] byteCounts = new long[outcomes];
    for (int i = 0; i < outcomes; i++) {
      recordCounts[i] = records.get(i);
      byteCounts[i] = bytes.get(i);
    }
    SortedMap<Integer, Long> recordsByErrno = byErrno(errorRecords);
    SortedMap<Integer, Long> bytesByErrno = byErrno(errorBytes);
    // Last, so that a snapshot never shows more outcomes than offers.
    PublisherSums sums = publishers.sums();
    for (int i = 0; i < outcomes; i++) {
      recordCounts[i] += sums.records[i];
      byteCounts[i] += sums.bytes[i];
    }
    return new PipelineStatistics(
        sums.offered(),
        recordCounts,
        byteCounts,
        recordsByErrno,
        bytesByErrno,
        new PipelineStatistics.Consumer(
            totals.get(EVENTS),
            totals.get(WRITE_CALLS),
            totals.get(HIGH_WATER_MARK),
            totals.get(LONGEST_DRAIN_PAUSE_NS),
            totals.get(PACING_PAUSES),
            totals.get(PACED_NS)),
        attachments,
        attachedNs,
        policyFailures.get());
  }

  private static SortedMap<Integer, Long> byErrno(AtomicLongArray counters) {
    SortedMap<Integer, Long> byErrno = new TreeMap<>();
    for (int i = 0; i < Errno.COUNT; i++) {
      long count = counters.get(i);
      if (count != 0) {
        byErrno.put(i, count);
      }
    }
    return byErrno;
  }

  private void raise(int index, long value) {
    if (value > totals.getPlain(index)) {
      totals.setRelease(index, value);
    }
  }

  /** A single writer needs no atomic addition, only that readers see a whole and recent value. */
  private static void add(AtomicLongArray counters, int index, long amount) {
    counters.setRelease(index, counters.getPlain(index) + amount);
  }
}
