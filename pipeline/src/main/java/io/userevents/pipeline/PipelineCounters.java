// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.syscall.Errno;
import java.util.Arrays;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * Holds the counters of a pipeline at one moment, in an object that is used again: {@link
 * RecordPipeline#read} fills it and allocates nothing. It is for a service that looks at them in
 * its duty cycle, where a {@link PipelineStatistics} for each look would be garbage.
 *
 * <pre>{@code
 * PipelineCounters counters = new PipelineCounters(); // once, by the thread that reads
 * pipeline.read(counters);
 * if (counters.count(Outcome.DROPPED_FULL) > lastFull) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Not thread-safe: each thread that reads has one. All are 0 before it is filled. One object may
 * read several pipelines, one after the other; it shows the last. A reading never shows more
 * outcomes than offers.
 */
public final class PipelineCounters {

  /** How many outcomes there are, as their array would be made each time. */
  static final int OUTCOMES = Outcome.values().length;

  final long[] records = new long[OUTCOMES];
  final long[] bytes = new long[OUTCOMES];
  final long[] errorRecords = new long[Errno.COUNT];
  final long[] errorBytes = new long[Errno.COUNT];

  /** The counters of the publishing threads. */
  final PublisherSums publishers = new PublisherSums();

  long events;
  long writeCalls;
  long highWaterMark;
  long longestDrainPauseNs;
  long pacingPauses;
  long pacedNs;
  long attachments;
  long attachedNs;
  long policyFailures;

  /** Makes counters that are all 0. */
  public PipelineCounters() {}

  /** Records that publishers offered. */
  public long offered() {
    return publishers.offered();
  }

  /** Records with this outcome. */
  public long count(Outcome outcome) {
    int index = outcome.ordinal();
    return records[index] + publishers.records[index];
  }

  /**
   * Bytes of the records with this outcome, as the caller gave them, without the events' prefixes;
   * of claims that were aborted, 0.
   */
  public long bytes(Outcome outcome) {
    int index = outcome.ordinal();
    return bytes[index] + publishers.bytes[index];
  }

  /** Records that have an outcome: at most {@link #offered()}. */
  public long outcomes() {
    long sum = 0;
    for (int i = 0; i < records.length; i++) {
      sum += records[i] + publishers.records[i];
    }
    return sum;
  }

  /** Records that the kernel took. */
  public long written() {
    return count(Outcome.WRITTEN);
  }

  /** Records that ended in any other way. */
  public long dropped() {
    return outcomes() - written();
  }

  /** Bytes of the records that the kernel took, without the events' prefixes. */
  public long writtenBytes() {
    return bytes(Outcome.WRITTEN);
  }

  /**
   * Records with {@link Outcome#DROPPED_ERROR} and this number of the error.
   *
   * @param errno as {@link OutcomeListener} is told it; 0 for those whose number is not known, and
   *     for a number that Linux does not have
   */
  public long errorCount(int errno) {
    return errorRecords[errorIndex(errno)];
  }

  /** Bytes of the records that {@link #errorCount} counts. */
  public long errorBytes(int errno) {
    return errorBytes[errorIndex(errno)];
  }

  /** Events that the kernel took: one or more records each. */
  public long events() {
    return events;
  }

  /** Writes to the tracepoint, each a system call if it is the kernel's, also those that failed. */
  public long writeCalls() {
    return writeCalls;
  }

  /**
   * The most slots of the ring that the consumer has seen in use, in one duty cycle: 0 to the
   * ring's size.
   */
  public long highWaterMark() {
    return highWaterMark;
  }

  /** See {@link PipelineStatistics#longestDrainPauseNs}. */
  public long longestDrainPauseNs() {
    return longestDrainPauseNs;
  }

  /** How often an event was held back by {@linkplain RecordPipelineBuilder#setPacing pacing}. */
  public long pacingPauses() {
    return pacingPauses;
  }

  /** For how many nanoseconds events were held back by pacing in all. */
  public long pacedNs() {
    return pacedNs;
  }

  /** How often a listener was seen to attach. */
  public long attachments() {
    return attachments;
  }

  /**
   * For how many nanoseconds listeners have been attached in all, as far as the consumer saw it.
   */
  public long attachedNs() {
    return attachedNs;
  }

  /** How often a back-pressure policy has thrown; each time it dropped a record. */
  public long policyFailures() {
    return policyFailures;
  }

  /** Sets all to 0, as for a program that has no pipeline. Allocates nothing. */
  public void reset() {
    Arrays.fill(records, 0);
    Arrays.fill(bytes, 0);
    Arrays.fill(errorRecords, 0);
    Arrays.fill(errorBytes, 0);
    publishers.clear();
    events = 0;
    writeCalls = 0;
    highWaterMark = 0;
    longestDrainPauseNs = 0;
    pacingPauses = 0;
    pacedNs = 0;
    attachments = 0;
    attachedNs = 0;
    policyFailures = 0;
  }

  @Override
  public String toString() {
    StringJoiner joiner = new StringJoiner(", ", "PipelineCounters{", "}");
    addTo(joiner);
    return joiner.toString();
  }

  /** Adds all of them, by their names. */
  void addTo(StringJoiner joiner) {
    joiner.add("offered=" + offered());
    for (Outcome outcome : Outcome.values()) {
      joiner.add(outcome.name().toLowerCase(Locale.ROOT) + "=" + count(outcome));
    }
    for (int errno = 0; errno < errorRecords.length; errno++) {
      if (errorRecords[errno] != 0) {
        joiner.add(Errno.describe(errno) + "=" + errorRecords[errno]);
      }
    }
    joiner.add("writtenBytes=" + writtenBytes());
    joiner.add("events=" + events);
    joiner.add("writeCalls=" + writeCalls);
    joiner.add("highWaterMark=" + highWaterMark);
    joiner.add("longestDrainPauseNs=" + longestDrainPauseNs);
    joiner.add("pacingPauses=" + pacingPauses);
    joiner.add("pacedNs=" + pacedNs);
    joiner.add("attachments=" + attachments);
    joiner.add("attachedNs=" + attachedNs);
    joiner.add("policyFailures=" + policyFailures);
  }

  /** Where records that failed with this error are counted: 0 for one that Linux does not have. */
  static int errorIndex(int errno) {
    return errno >= 0 && errno < Errno.COUNT ? errno : 0;
  }
}
