// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.syscall.Errno;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * What a pipeline has done since it was started. Once every record that was offered has its outcome
 * (after a flush, or after closing), {@link #offered()} equals {@link #outcomes()}.
 */
public final class PipelineStatistics {

  private final long offered;
  private final long[] outcomes;
  private final Map<Integer, Long> errors;
  private final long writtenBytes;
  private final long events;
  private final long writeCalls;
  private final long attachments;

  PipelineStatistics(
      long offered,
      long[] outcomes,
      Map<Integer, Long> errors,
      long writtenBytes,
      long events,
      long writeCalls,
      long attachments) {
    this.offered = offered;
    this.outcomes = outcomes.clone();
    this.errors = Collections.unmodifiableMap(new TreeMap<>(errors));
    this.writtenBytes = writtenBytes;
    this.events = events;
    this.writeCalls = writeCalls;
    this.attachments = attachments;
  }

  /** Records that publishers offered. */
  public long offered() {
    return offered;
  }

  /** Records with this outcome. */
  public long count(Outcome outcome) {
    return outcomes[outcome.ordinal()];
  }

  /** Records that have an outcome. */
  public long outcomes() {
    long sum = 0;
    for (long count : outcomes) {
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

  /** {@link Outcome#DROPPED_ERROR} by the number of the error, in its order. */
  public Map<Integer, Long> errors() {
    return errors;
  }

  /** Bytes of the records that the kernel took, without the events' prefixes. */
  public long writtenBytes() {
    return writtenBytes;
  }

  /** Events that the kernel took: one or more records each. */
  public long events() {
    return events;
  }

  /** Writes to the tracepoint, each a system call if it is the kernel's, also those that failed. */
  public long writeCalls() {
    return writeCalls;
  }

  /** How often a listener was seen to attach. */
  public long attachments() {
    return attachments;
  }

  @Override
  public String toString() {
    StringJoiner joiner = new StringJoiner(", ", "PipelineStatistics{", "}");
    joiner.add("offered=" + offered);
    for (Outcome outcome : Outcome.values()) {
      joiner.add(outcome.name().toLowerCase(Locale.ROOT) + "=" + count(outcome));
    }
    errors.forEach((errno, count) -> joiner.add(Errno.describe(errno) + "=" + count));
    joiner.add("writtenBytes=" + writtenBytes);
    joiner.add("events=" + events);
    joiner.add("writeCalls=" + writeCalls);
    joiner.add("attachments=" + attachments);
    return joiner.toString();
  }
}
