// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.syscall.Errno;
import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * What a pipeline has done since it was started. Once every record that was offered has its outcome
 * (after a flush, or after closing), {@link #offered()} equals {@link #outcomes()}.
 */
public final class PipelineStatistics {

  /** What the consumer has done. */
  record Consumer(
      long events,
      long writeCalls,
      long highWaterMark,
      long longestDrainPauseNs,
      long pacingPauses,
      long pacedNs) {}

  private final long offered;
  private final long[] records;
  private final long[] bytes;
  private final SortedMap<Integer, Long> errors;
  private final SortedMap<Integer, Long> errorBytes;
  private final Consumer consumer;
  private final long attachments;
  private final long attachedNs;
  private final long policyFailures;

  PipelineStatistics(
      long offered,
      long[] records,
      long[] bytes,
      SortedMap<Integer, Long> errors,
      SortedMap<Integer, Long> errorBytes,
      Consumer consumer,
      long attachments,
      long attachedNs,
      long policyFailures) {
    this.offered = offered;
    this.records = records.clone();
    this.bytes = bytes.clone();
    this.errors = Collections.unmodifiableSortedMap(new TreeMap<>(errors));
    this.errorBytes = Collections.unmodifiableSortedMap(new TreeMap<>(errorBytes));
    this.consumer = consumer;
    this.attachments = attachments;
    this.attachedNs = attachedNs;
    this.policyFailures = policyFailures;
  }

  /** Returns those of a program that has no pipeline: all are 0. */
  public static PipelineStatistics none() {
    int outcomes = Outcome.values().length;
    return new PipelineStatistics(
        0,
        new long[outcomes],
        new long[outcomes],
        new TreeMap<>(),
        new TreeMap<>(),
        new Consumer(0, 0, 0, 0, 0, 0),
        0,
        0,
        0);
  }

  /** Records that publishers offered. */
  public long offered() {
    return offered;
  }

  /** Records with this outcome. */
  public long count(Outcome outcome) {
    return records[outcome.ordinal()];
  }

  /**
   * Bytes of the records with this outcome, as the caller gave them, without the events' prefixes;
   * of claims that were aborted, 0.
   */
  public long bytes(Outcome outcome) {
    return bytes[outcome.ordinal()];
  }

  /** Records that have an outcome. */
  public long outcomes() {
    long sum = 0;
    for (long count : records) {
      sum += count;
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
    return consumer.events;
  }

  /** Writes to the tracepoint, each a system call if it is the kernel's, also those that failed. */
  public long writeCalls() {
    return consumer.writeCalls;
  }

  /**
   * The most slots of the ring that the consumer has seen in use, at the start of a batch: 0 to the
   * ring's size.
   */
  public long highWaterMark() {
    return consumer.highWaterMark;
  }

  /**
   * The longest time in nanoseconds for which records may have waited without the consumer looking
   * at the ring, because it slept, was in a system call or had no CPU. A spinning consumer counts
   * as looking every few tens of microseconds.
   */
  public long longestDrainPauseNs() {
    return consumer.longestDrainPauseNs;
  }

  /** How often an event was held back by {@linkplain RecordPipelineBuilder#setPacing pacing}. */
  public long pacingPauses() {
    return consumer.pacingPauses;
  }

  /** For how many nanoseconds events were held back by pacing in all. */
  public long pacedNs() {
    return consumer.pacedNs;
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

  @Override
  public String toString() {
    StringJoiner joiner = new StringJoiner(", ", "PipelineStatistics{", "}");
    joiner.add("offered=" + offered);
    for (Outcome outcome : Outcome.values()) {
      joiner.add(outcome.name().toLowerCase(Locale.ROOT) + "=" + count(outcome));
    }
    errors.forEach((errno, count) -> joiner.add(Errno.describe(errno) + "=" + count));
    joiner.add("writtenBytes=" + writtenBytes());
    joiner.add("events=" + events());
    joiner.add("writeCalls=" + writeCalls());
    joiner.add("highWaterMark=" + highWaterMark());
    joiner.add("longestDrainPauseNs=" + longestDrainPauseNs());
    joiner.add("pacingPauses=" + pacingPauses());
    joiner.add("pacedNs=" + pacedNs());
    joiner.add("attachments=" + attachments);
    joiner.add("attachedNs=" + attachedNs);
    joiner.add("policyFailures=" + policyFailures);
    return joiner.toString();
  }
}
