// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.syscall.Errno;
import java.util.Arrays;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * The counters of a pipeline at one moment, in a reusable object. {@link RecordPipeline#read} fills
 * it and allocates nothing. It is for a service that reads the counters in its duty cycle, where a
 * new {@link PipelineStatistics} for each reading would be garbage.
 *
 * <pre>{@code
 * PipelineCounters counters = new PipelineCounters(); // once, by the thread that reads
 * pipeline.read(counters);
 * if (counters.count(Outcome.DROPPED_FULL) > lastFull) {
 *   ...
 * }
 * }</pre>
 *
 * <p>This class is not thread-safe: each thread that reads needs its own object. All counters are 0
 * before it is filled. One object may read several pipelines, one after the other; it then shows
 * the last one. A reading never shows more outcomes than offers.
 *
 * @since 0.1.0
 */
public final class PipelineCounters {

  /** The number of outcomes, kept because {@code values()} makes an array each time. */
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

  /** Creates counters that are all 0. */
  public PipelineCounters() {}

  /** {@return the number of records that publishers offered} */
  public long offered() {
    return publishers.offered();
  }

  /**
   * Returns the number of records with an outcome.
   *
   * @param outcome the outcome
   * @return the number of records
   */
  public long count(Outcome outcome) {
    int index = outcome.ordinal();
    return records[index] + publishers.records[index];
  }

  /**
   * Returns the bytes of the records with an outcome, as the caller passed them, without the
   * prefixes of events. Aborted claims count 0 bytes.
   *
   * @param outcome the outcome
   * @return the number of bytes
   */
  public long bytes(Outcome outcome) {
    int index = outcome.ordinal();
    return bytes[index] + publishers.bytes[index];
  }

  /** {@return the number of records that have an outcome, at most {@link #offered()}} */
  public long outcomes() {
    long sum = 0;
    for (int i = 0; i < records.length; i++) {
      sum += records[i] + publishers.records[i];
    }
    return sum;
  }

  /** {@return the number of records that the kernel took} */
  public long written() {
    return count(Outcome.WRITTEN);
  }

  /** {@return the number of records with any other outcome} */
  public long dropped() {
    return outcomes() - written();
  }

  /** {@return the bytes of the records that the kernel took, without the prefixes of events} */
  public long writtenBytes() {
    return bytes(Outcome.WRITTEN);
  }

  /**
   * Returns the number of records with {@link Outcome#DROPPED_ERROR} and this error.
   *
   * @param errno number of the error, as an {@link OutcomeListener} receives it; 0 for records
   *     whose number is unknown or does not exist on Linux
   * @return the number of records
   */
  public long errorCount(int errno) {
    return errorRecords[errorIndex(errno)];
  }

  /**
   * Returns the bytes of the records that {@link #errorCount} counts.
   *
   * @param errno number of the error, as for {@link #errorCount}
   * @return the number of bytes
   */
  public long errorBytes(int errno) {
    return errorBytes[errorIndex(errno)];
  }

  /** {@return the number of events that the kernel took, with one or more records each} */
  public long events() {
    return events;
  }

  /**
   * {@return the number of writes to the tracepoint, including failed ones; each is a system call
   * if the tracepoint is the kernel's}
   */
  public long writeCalls() {
    return writeCalls;
  }

  /**
   * Returns the most slots of the ring that the consumer has seen in use in one duty cycle.
   *
   * @return the number of slots, 0 to the ring's size
   */
  public long highWaterMark() {
    return highWaterMark;
  }

  /**
   * {@return the longest drain pause in nanoseconds, see {@link
   * PipelineStatistics#longestDrainPauseNs}}
   */
  public long longestDrainPauseNs() {
    return longestDrainPauseNs;
  }

  /** {@return how often {@linkplain RecordPipelineBuilder#setPacing pacing} held back an event} */
  public long pacingPauses() {
    return pacingPauses;
  }

  /** {@return the total time in nanoseconds for which pacing held back events} */
  public long pacedNs() {
    return pacedNs;
  }

  /** {@return how often the consumer saw a listener attach} */
  public long attachments() {
    return attachments;
  }

  /** {@return the total time in nanoseconds for which the consumer saw a listener attached} */
  public long attachedNs() {
    return attachedNs;
  }

  /** {@return how often a back-pressure policy has thrown; each time a record was dropped} */
  public long policyFailures() {
    return policyFailures;
  }

  /** Sets all counters to 0, as for a program that has no pipeline. Allocates nothing. */
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

  /** Adds all counters with their names. */
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

  /**
   * Returns the index at which records with this error are counted: 0 for one that Linux does not
   * have.
   */
  static int errorIndex(int errno) {
    return errno >= 0 && errno < Errno.COUNT ? errno : 0;
  }
}
