// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.syscall.Errno;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts the outcomes, events and errors of a pipeline. Each publisher is the only writer of its
 * own counters ({@link Publisher}), and the consumer is the only writer of those here. Reading
 * disturbs neither.
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
  private final AtomicLongArray records = new AtomicLongArray(PipelineCounters.OUTCOMES);
  private final AtomicLongArray bytes = new AtomicLongArray(PipelineCounters.OUTCOMES);
  private final AtomicLongArray errorRecords = new AtomicLongArray(Errno.COUNT);
  private final AtomicLongArray errorBytes = new AtomicLongArray(Errno.COUNT);
  private final AtomicLongArray totals = new AtomicLongArray(TOTALS);

  /** A record of the ring was not written since {@link #takeDropped}. Consumer's. */
  private boolean hasDropped;

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

  /** Consumer: so many records of the ring have this outcome. The addition is its last act. */
  void consumed(Outcome outcome, int recordCount) {
    if (outcome != Outcome.WRITTEN) {
      hasDropped = true;
    }
    add(records, outcome.ordinal(), recordCount);
  }

  /** Consumer: they have so many bytes together. */
  void consumedBytes(Outcome outcome, long byteCount) {
    add(bytes, outcome.ordinal(), byteCount);
  }

  /** Consumer: so many records have failed with this error. */
  void failed(int errno, int recordCount) {
    add(errorRecords, PipelineCounters.errorIndex(errno), recordCount);
  }

  /** Consumer: they have so many bytes together. */
  void failedBytes(int errno, long byteCount) {
    add(errorBytes, PipelineCounters.errorIndex(errno), byteCount);
  }

  /** Consumer: whether a record of the ring was not written since this was asked last. */
  boolean takeDropped() {
    boolean dropped = hasDropped;
    hasDropped = false;
    return dropped;
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
    for (int errno = 0; errno < Errno.COUNT; errno++) {
      long count = errorRecords.get(errno);
      if (count != 0) {
        joiner.add(Errno.describe(errno) + ": " + count);
      }
    }
    return joiner.toString();
  }

  /** Any thread: all counters, as {@link #read} reads them. */
  PipelineStatistics snapshot(long attachments, long attachedNs) {
    PipelineCounters target = new PipelineCounters();
    read(target, attachments, attachedNs);
    return new PipelineStatistics(target);
  }

  /**
   * Any thread: reads all counters, with those that the session keeps. Allocates nothing.
   *
   * @param target that the calling thread has for itself
   * @param attachments how often a listener has attached
   * @param attachedNs for how long listeners have been attached
   */
  void read(PipelineCounters target, long attachments, long attachedNs) {
    for (int i = 0; i < PipelineCounters.OUTCOMES; i++) {
      target.records[i] = records.get(i);
      target.bytes[i] = bytes.get(i);
    }
    for (int i = 0; i < Errno.COUNT; i++) {
      target.errorRecords[i] = errorRecords.get(i);
      target.errorBytes[i] = errorBytes.get(i);
    }
    target.events = totals.get(EVENTS);
    target.writeCalls = totals.get(WRITE_CALLS);
    target.highWaterMark = totals.get(HIGH_WATER_MARK);
    target.longestDrainPauseNs = totals.get(LONGEST_DRAIN_PAUSE_NS);
    target.pacingPauses = totals.get(PACING_PAUSES);
    target.pacedNs = totals.get(PACED_NS);
    target.attachments = attachments;
    target.attachedNs = attachedNs;
    target.policyFailures = policyFailures.get();
    // Last, so that a reading never shows more outcomes than offers.
    publishers.read(target.publishers);
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
