// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.syscall.Errno;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * The pipeline's counters. Publishers add to striped counters, so that they do not contend; the
 * consumer is the only writer of its own. Reading disturbs neither.
 */
final class Counters {

  private static final int BYTES = 0;
  private static final int EVENTS = 1;
  private static final int WRITE_CALLS = 2;
  private static final int ATTACHMENTS = 3;
  private static final int TOTALS = 4;

  private final LongAdder offered = new LongAdder();
  private final LongAdder[] refused = adders();
  private final AtomicLongArray consumed = new AtomicLongArray(Outcome.values().length);
  private final AtomicLongArray errors = new AtomicLongArray(Errno.COUNT);
  private final AtomicLongArray totals = new AtomicLongArray(TOTALS);

  private static LongAdder[] adders() {
    LongAdder[] adders = new LongAdder[Outcome.values().length];
    for (int i = 0; i < adders.length; i++) {
      adders[i] = new LongAdder();
    }
    return adders;
  }

  /** Any thread: a record was offered. */
  void offered() {
    offered.increment();
  }

  /** Any thread: a record was not taken into the ring. */
  void refused(Outcome outcome) {
    refused[outcome.ordinal()].increment();
  }

  /** Consumer: a record of the ring has its outcome. */
  void consumed(Outcome outcome, int errno) {
    increment(consumed, outcome.ordinal(), 1);
    if (outcome == Outcome.DROPPED_ERROR) {
      increment(errors, errno >= 0 && errno < Errno.COUNT ? errno : 0, 1);
    }
  }

  /** Consumer: an event was handed to the kernel, or refused by it. */
  void writeCall(boolean taken, int bytes) {
    increment(totals, WRITE_CALLS, 1);
    if (taken) {
      increment(totals, EVENTS, 1);
      increment(totals, BYTES, bytes);
    }
  }

  /** Consumer: a listener has attached. */
  void attached() {
    increment(totals, ATTACHMENTS, 1);
  }

  /** Any thread: records with this outcome. */
  long count(Outcome outcome) {
    return consumed.get(outcome.ordinal()) + refused[outcome.ordinal()].sum();
  }

  /** Any thread: failed records by error, in words. */
  String errors() {
    StringJoiner joiner = new StringJoiner(", ");
    errorCounts().forEach((errno, count) -> joiner.add(Errno.describe(errno) + ": " + count));
    return joiner.toString();
  }

  private Map<Integer, Long> errorCounts() {
    Map<Integer, Long> byErrno = new TreeMap<>();
    for (int i = 0; i < Errno.COUNT; i++) {
      long count = errors.get(i);
      if (count != 0) {
        byErrno.put(i, count);
      }
    }
    return byErrno;
  }

  PipelineStatistics snapshot() {
    long[] outcomes = new long[Outcome.values().length];
    for (Outcome outcome : Outcome.values()) {
      outcomes[outcome.ordinal()] = count(outcome);
    }
    Map<Integer, Long> byErrno = errorCounts();
    // Last, so that a snapshot never shows more outcomes than offers.
    long offers = offered.sum();
    return new PipelineStatistics(
        offers,
        outcomes,
        byErrno,
        totals.get(BYTES),
        totals.get(EVENTS),
        totals.get(WRITE_CALLS),
        totals.get(ATTACHMENTS));
  }

  /** A single writer needs no atomic addition, only that readers see a whole and recent value. */
  private static void increment(AtomicLongArray counters, int index, long amount) {
    counters.setRelease(index, counters.getPlain(index) + amount);
  }
}
