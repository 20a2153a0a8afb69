// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.Arrays;

/**
 * The agent's counts of events. Each change moves an event from one outcome to another, so {@code
 * received + recovered} is the sum of all outcomes at any time.
 *
 * <p>Thread-safe. The reader counts a few thousand events per second, so the cost of a lock is
 * negligible.
 */
final class Accounts {

  private final long[] outcomes = new long[Outcome.values().length];
  private long received;
  private long receivedBytes;
  private long recovered;
  private long requestsAccepted;
  private long requestsRetried;
  private long requestsRefused;
  private long bytesSent;
  private long pointsRejected;
  private long damagedBatches;
  private long readFailures;
  private final long[] spoolFailures = new long[SpoolOperation.values().length];

  synchronized void received(Outcome outcome, int bytes) {
    received++;
    receivedBytes += bytes;
    outcomes[outcome.ordinal()]++;
  }

  /** Counts events that an earlier agent has spooled. */
  synchronized void recovered(long events) {
    recovered += events;
    outcomes[Outcome.IN_SPOOL.ordinal()] += events;
  }

  synchronized void move(Outcome from, Outcome to, long events) {
    if (events < 0 || outcomes[from.ordinal()] < events) {
      throw new IllegalStateException(
          "more events leave an outcome than it has: from="
              + from
              + ", to="
              + to
              + ", events="
              + events
              + ", there="
              + outcomes[from.ordinal()]);
    }
    outcomes[from.ordinal()] -= events;
    outcomes[to.ordinal()] += events;
  }

  /**
   * Moves this many events, or all if there are fewer. It is used for losses of the spool, whose
   * numbers come from a disk that may be damaged.
   *
   * @return the number of events that were missing
   */
  synchronized long moveUpTo(Outcome from, Outcome to, long events) {
    long there = Math.max(0, Math.min(events, outcomes[from.ordinal()]));
    move(from, to, there);
    return events - there;
  }

  synchronized void accepted(long bytes, long rejectedPoints) {
    requestsAccepted++;
    bytesSent += bytes;
    pointsRejected += rejectedPoints;
  }

  synchronized void retried() {
    requestsRetried++;
  }

  synchronized void refused() {
    requestsRefused++;
  }

  synchronized void damaged(long batches) {
    damagedBatches += batches;
  }

  /** Counts a failure to read the kernel's buffers. */
  synchronized void readFailed() {
    readFailures++;
  }

  synchronized void spoolFailed(SpoolOperation operation) {
    spoolFailures[operation.ordinal()]++;
  }

  /** Moves all events in memory, because no thread is left that could send or save them. */
  synchronized void loseMemory() {
    move(Outcome.IN_MEMORY, Outcome.SHUTDOWN, events(Outcome.IN_MEMORY));
  }

  synchronized long events(Outcome outcome) {
    return outcomes[outcome.ordinal()];
  }

  /** Returns all counts at one moment. The caller supplies the counts of other parts. */
  synchronized ForwarderStatistics snapshot(ForwarderStatistics.Surroundings surroundings) {
    return new ForwarderStatistics(
        outcomes.clone(),
        new ForwarderStatistics.Received(received, receivedBytes, recovered),
        new ForwarderStatistics.Requests(
            requestsAccepted, requestsRetried, requestsRefused, bytesSent, pointsRejected),
        new ForwarderStatistics.Faults(
            damagedBatches, readFailures, Arrays.stream(spoolFailures).boxed().toList()),
        surroundings);
  }
}
