// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.syscall.Errno;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts the outcomes, events and errors of a pipeline. Each publisher is the only writer of its
 * own counters ({@link Publisher}), and the consumer is the only writer of the counters in this
 * class. Reading disturbs neither. A method is for the consumer's thread unless its comment says
 * that any thread may call it.
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

  /**
   * Whether a record of the ring was not written since {@link #takeDropped}. Only the consumer uses
   * it.
   */
  private boolean hasDropped;

  Publishers publishers() {
    return publishers;
  }

  /** Counts a back-pressure policy that has thrown. Any thread may call this. */
  void policyFailed() {
    policyFailures.incrementAndGet();
  }

  /** Returns how often a back-pressure policy has thrown. Any thread may call this. */
  long policyFailures() {
    return policyFailures.get();
  }

  /** Counts records of the ring with this outcome. The addition is the method's last act. */
  void consumed(Outcome outcome, int recordCount) {
    if (outcome != Outcome.WRITTEN) {
      hasDropped = true;
    }
    add(records, outcome.ordinal(), recordCount);
  }

  /** Counts the bytes of records of the ring with this outcome. */
  void consumedBytes(Outcome outcome, long byteCount) {
    add(bytes, outcome.ordinal(), byteCount);
  }

  /** Counts records that have failed with this error. */
  void failed(int errno, int recordCount) {
    add(errorRecords, PipelineCounters.errorIndex(errno), recordCount);
  }

  /** Counts the bytes of records that have failed with this error. */
  void failedBytes(int errno, long byteCount) {
    add(errorBytes, PipelineCounters.errorIndex(errno), byteCount);
  }

  /** Returns whether a record of the ring was not written since the last call. */
  boolean takeDropped() {
    boolean dropped = hasDropped;
    hasDropped = false;
    return dropped;
  }

  /** Counts an event that the kernel has taken or refused. */
  void writeCall(boolean taken) {
    add(totals, WRITE_CALLS, 1);
    if (taken) {
      add(totals, EVENTS, 1);
    }
  }

  /** Notes how many slots are in use. */
  void waiting(long slots) {
    raise(HIGH_WATER_MARK, slots);
  }

  /** Notes how long records may have waited before the consumer checked the ring. */
  void drainPause(long ns) {
    raise(LONGEST_DRAIN_PAUSE_NS, ns);
  }

  /** Notes how long an event was held back. */
  void paced(long ns) {
    add(totals, PACING_PAUSES, 1);
    add(totals, PACED_NS, ns);
  }

  /**
   * Returns the number of records of the ring with this outcome; records that were refused are not
   * counted. Any thread may call this.
   */
  long consumed(Outcome outcome) {
    return records.get(outcome.ordinal());
  }

  /** Returns a text with the failed records by error. Any thread may call this. */
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

  /** Returns all counters, as {@link #read} reads them. Any thread may call this. */
  PipelineStatistics snapshot(long attachments, long attachedNs) {
    PipelineCounters target = new PipelineCounters();
    read(target, attachments, attachedNs);
    return new PipelineStatistics(target);
  }

  /**
   * Reads all counters, including those that the session keeps. Any thread may call this. It
   * allocates nothing.
   *
   * @param target an object that only the calling thread uses
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
    // This comes last, so that a reading never shows more outcomes than offers.
    publishers.read(target.publishers);
  }

  private void raise(int index, long value) {
    if (value > totals.getPlain(index)) {
      totals.setRelease(index, value);
    }
  }

  /**
   * Adds without an atomic addition: there is a single writer, and readers need only a whole and
   * recent value.
   */
  private static void add(AtomicLongArray counters, int index, long amount) {
    counters.setRelease(index, counters.getPlain(index) + amount);
  }
}
