// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.Collections;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * A snapshot of a pipeline's counters since its start. Once every offered record has its outcome
 * (after a flush, or after closing), {@link #offered()} equals {@link #outcomes()}. A snapshot is
 * immutable.
 *
 * @since 0.1.0
 */
public final class PipelineStatistics {

  /** The counters, which no code changes any more. */
  private final PipelineCounters counters;

  private final SortedMap<Integer, Long> errors;
  private final SortedMap<Integer, Long> errorBytes;

  /**
   * Creates a snapshot.
   *
   * @param counters counters that no code changes any more
   */
  PipelineStatistics(PipelineCounters counters) {
    this.counters = counters;
    errors = byErrno(counters.errorRecords);
    errorBytes = byErrno(counters.errorBytes);
  }

  /** {@return the statistics of a program that has no pipeline, which are all 0} */
  public static PipelineStatistics none() {
    return new PipelineStatistics(new PipelineCounters());
  }

  /** {@return the number of records that publishers offered} */
  public long offered() {
    return counters.offered();
  }

  /**
   * Returns the number of records with an outcome.
   *
   * @param outcome the outcome
   * @return the number of records
   */
  public long count(Outcome outcome) {
    return counters.count(outcome);
  }

  /**
   * Returns the bytes of the records with an outcome, as the caller passed them, without the
   * prefixes of events. Aborted claims count 0 bytes.
   *
   * @param outcome the outcome
   * @return the number of bytes
   */
  public long bytes(Outcome outcome) {
    return counters.bytes(outcome);
  }

  /** {@return the number of records that have an outcome} */
  public long outcomes() {
    return counters.outcomes();
  }

  /** {@return the number of records that the kernel took} */
  public long written() {
    return count(Outcome.WRITTEN);
  }

  /** {@return the number of records with any other outcome} */
  public long dropped() {
    return outcomes() - written();
  }

  /**
   * {@return the number of records with {@link Outcome#DROPPED_ERROR} by the number of the error}
   */
  public SortedMap<Integer, Long> errors() {
    return errors;
  }

  /**
   * {@return the bytes of the records with {@link Outcome#DROPPED_ERROR} by the number of the
   * error}
   */
  public SortedMap<Integer, Long> errorBytes() {
    return errorBytes;
  }

  /** {@return the bytes of the records that the kernel took, without the prefixes of events} */
  public long writtenBytes() {
    return bytes(Outcome.WRITTEN);
  }

  /** {@return the number of events that the kernel took, with one or more records each} */
  public long events() {
    return counters.events();
  }

  /**
   * {@return the number of writes to the tracepoint, including failed ones; each is a system call
   * if the tracepoint is the kernel's}
   */
  public long writeCalls() {
    return counters.writeCalls();
  }

  /**
   * Returns the most slots of the ring that the consumer has seen in use in one duty cycle.
   *
   * @return the number of slots, 0 to the ring's size
   */
  public long highWaterMark() {
    return counters.highWaterMark();
  }

  /**
   * Returns the longest time from the end of one duty cycle of the consumer to the end of the next,
   * if the next one took records. The records may have waited for this long, because the consumer
   * slept, was in a system call, had no CPU, or was not invoked.
   *
   * @return the time in nanoseconds
   */
  public long longestDrainPauseNs() {
    return counters.longestDrainPauseNs();
  }

  /** {@return how often {@linkplain RecordPipelineBuilder#setPacing pacing} held back an event} */
  public long pacingPauses() {
    return counters.pacingPauses();
  }

  /** {@return the total time in nanoseconds for which pacing held back events} */
  public long pacedNs() {
    return counters.pacedNs();
  }

  /** {@return how often the consumer saw a listener attach} */
  public long attachments() {
    return counters.attachments();
  }

  /** {@return the total time in nanoseconds for which the consumer saw a listener attached} */
  public long attachedNs() {
    return counters.attachedNs();
  }

  /** {@return how often a back-pressure policy has thrown; each time a record was dropped} */
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
