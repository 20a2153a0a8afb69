// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

/**
 * The agent's counts of events. An event moves from one outcome to another and is never added or
 * taken away alone, so at any time {@code received + recovered} is the sum of all outcomes.
 *
 * <p>Thread-safe. The reader counts each event, some thousand a second, so a lock costs nothing.
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

  synchronized void received(Outcome outcome, int bytes) {
    received++;
    receivedBytes += bytes;
    outcomes[outcome.ordinal()]++;
  }

  /** Counts events that an agent before this one has spooled. */
  synchronized void recovered(long events) {
    recovered += events;
    outcomes[Outcome.IN_SPOOL.ordinal()] += events;
  }

  synchronized void move(Outcome from, Outcome to, long events) {
    if (events < 0 || outcomes[from.ordinal()] < events) {
      throw new IllegalStateException(
          "more events leave than are there: from="
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
   * Moves as many events as are there, if there are fewer. For the losses of the spool, which finds
   * its numbers on a disk that may be damaged.
   *
   * @return how many were missing
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

  /** All counts at one moment; the others come from elsewhere. */
  synchronized ForwarderStatistics snapshot(ForwarderStatistics.Surroundings surroundings) {
    return new ForwarderStatistics(
        outcomes.clone(),
        new ForwarderStatistics.Received(received, receivedBytes, recovered),
        new ForwarderStatistics.Requests(
            requestsAccepted, requestsRetried, requestsRefused, bytesSent, pointsRejected),
        damagedBatches,
        surroundings);
  }
}
