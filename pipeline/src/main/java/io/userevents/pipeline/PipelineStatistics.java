// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.Collections;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * Shows the counters of a pipeline since its start, as they were at one moment. Once every record
 * that was offered has its outcome (after a flush, or after closing), {@link #offered()} equals
 * {@link #outcomes()}.
 */
public final class PipelineStatistics {

  /** Nobody fills them any more. */
  private final PipelineCounters counters;

  private final SortedMap<Integer, Long> errors;
  private final SortedMap<Integer, Long> errorBytes;

  /**
   * Makes a snapshot.
   *
   * @param counters that nobody fills any more
   */
  PipelineStatistics(PipelineCounters counters) {
    this.counters = counters;
    errors = byErrno(counters.errorRecords);
    errorBytes = byErrno(counters.errorBytes);
  }

  /** Returns those of a program that has no pipeline: all are 0. */
  public static PipelineStatistics none() {
    return new PipelineStatistics(new PipelineCounters());
  }

  /** Records that publishers offered. */
  public long offered() {
    return counters.offered();
  }

  /** Records with this outcome. */
  public long count(Outcome outcome) {
    return counters.count(outcome);
  }

  /**
   * Bytes of the records with this outcome, as the caller gave them, without the events' prefixes;
   * of claims that were aborted, 0.
   */
  public long bytes(Outcome outcome) {
    return counters.bytes(outcome);
  }

  /** Records that have an outcome. */
  public long outcomes() {
    return counters.outcomes();
  }

  /** Records that the kernel took. */
  public long written() {
    return count(Outcome.WRITTEN);
  }

  /** Records that ended in any other way. */
  public long dropped() {
    return outcomes() - written();
  }

  /** Records with {@link Outcome#DROPPED_ERROR} by the number of the error, in its order. */
  public SortedMap<Integer, Long> errors() {
    return errors;
  }

  /** Bytes of the records with {@link Outcome#DROPPED_ERROR} by the number of the error. */
  public SortedMap<Integer, Long> errorBytes() {
    return errorBytes;
  }

  /** Bytes of the records that the kernel took, without the events' prefixes. */
  public long writtenBytes() {
    return bytes(Outcome.WRITTEN);
  }

  /** Events that the kernel took: one or more records each. */
  public long events() {
    return counters.events();
  }

  /** Writes to the tracepoint, each a system call if it is the kernel's, also those that failed. */
  public long writeCalls() {
    return counters.writeCalls();
  }

  /**
   * The most slots of the ring that the consumer has seen in use, in one duty cycle: 0 to the
   * ring's size.
   */
  public long highWaterMark() {
    return counters.highWaterMark();
  }

  /**
   * The longest time in nanoseconds from the end of one duty cycle of the consumer to the end of
   * the next, if that one took records. They may have waited for so long, because the consumer
   * slept, was in a system call, had no CPU, or was not invoked.
   */
  public long longestDrainPauseNs() {
    return counters.longestDrainPauseNs();
  }

  /** How often an event was held back by {@linkplain RecordPipelineBuilder#setPacing pacing}. */
  public long pacingPauses() {
    return counters.pacingPauses();
  }

  /** For how many nanoseconds events were held back by pacing in all. */
  public long pacedNs() {
    return counters.pacedNs();
  }

  /** How often a listener was seen to attach. */
  public long attachments() {
    return counters.attachments();
  }

  /**
   * For how many nanoseconds listeners have been attached in all, as far as the consumer saw it.
   */
  public long attachedNs() {
    return counters.attachedNs();
  }

  /** How often a back-pressure policy has thrown; each time it dropped a record. */
  public long policyFailures() {
    return counters.policyFailures();
  }

  @Override
  public String toString() {
    StringJoiner joiner = new StringJoiner(", ", "PipelineStatistics{", "}");
    counters.addTo(joiner);
    return joiner.toString();
  }

  private static SortedMap<Integer, Long> byErrno(long[] counts) {
    SortedMap<Integer, Long> byErrno = new TreeMap<>();
    for (int errno = 0; errno < counts.length; errno++) {
      if (counts[errno] != 0) {
        byErrno.put(errno, counts[errno]);
      }
    }
    return Collections.unmodifiableSortedMap(byErrno);
  }
}
