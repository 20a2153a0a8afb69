// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.spool.PreviousRun;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of the counters of an agent. {@code received() + recovered()} is the sum of {@link
 * #events} over all outcomes. Immutable.
 *
 * @since 0.1.0
 */
public final class ForwarderStatistics {

  /** The counts of received events. */
  record Received(long events, long bytes, long recovered) {}

  /** The counts of requests by outcome. */
  record Requests(long accepted, long retried, long refused, long bytesSent, long pointsRejected) {}

  /** The counts of faults. The failures of the spool are in the order of {@link SpoolOperation}. */
  record Faults(long damagedBatches, long readFailures, List<Long> spoolFailures) {}

  /** The sizes of the places where events wait, in bytes. */
  record Places(long spool, long spoolLimit, long memory, long memoryLimit) {}

  /** The state of the endpoint. */
  record Endpoint(boolean isKnown, boolean isUp, long lastSentMs) {}

  /** The ages of the threads' cycles, in ns. */
  record Ages(long readerNs, long dispatcherNs) {}

  /** The data that come from other parts. */
  record Surroundings(
      EventSource.Losses losses,
      Reader.Counts reader,
      Places places,
      Endpoint endpoint,
      Ages ages,
      @Nullable PreviousRun previousRun) {}

  private final long[] outcomes;
  private final Received received;
  private final Requests requests;
  private final Faults faults;
  private final Surroundings surroundings;

  ForwarderStatistics(
      long[] outcomes,
      Received received,
      Requests requests,
      Faults faults,
      Surroundings surroundings) {
    this.outcomes = outcomes;
    this.received = received;
    this.requests = requests;
    this.faults = faults;
    this.surroundings = surroundings;
  }

  /** {@return the number of events that the agent has received from the kernel} */
  public long received() {
    return received.events();
  }

  /** {@return the total size of the payloads of {@link #received()} in bytes} */
  public long receivedBytes() {
    return received.bytes();
  }

  /** {@return the number of events that an earlier agent left in the spool} */
  public long recovered() {
    return received.recovered();
  }

  /**
   * {@return the number of events with this outcome}
   *
   * @param outcome of the events
   */
  public long events(Outcome outcome) {
    return outcomes[outcome.ordinal()];
  }

  /** {@return the number of events that were dropped, for all causes together} */
  public long dropped() {
    long sum = 0;
    for (Outcome outcome : Outcome.values()) {
      sum += outcome.isDropped() ? events(outcome) : 0;
    }
    return sum;
  }

  /** {@return the number of events that the kernel lost because the agent read too slowly} */
  public long lostByKernel() {
    return surroundings.losses().lostByKernel();
  }

  /**
   * {@return the number of events that the listener did not deliver because they are malformed or
   * have another protocol}
   */
  public long notHandedOut() {
    return surroundings.losses().notHandedOut();
  }

  /**
   * {@return how often recording was interrupted; see {@link
   * io.userevents.listener.ListenerStatistics#interruptions}}
   */
  public long interruptions() {
    return surroundings.losses().interruptions();
  }

  /**
   * {@return the number of malformed buffers; see {@link
   * io.userevents.listener.ListenerStatistics#malformedBuffers}} The number of events in them is
   * unknown.
   */
  public long malformedBuffers() {
    return surroundings.losses().malformedBuffers();
  }

  /** {@return the number of events that were left in the kernel's buffers when the agent ended} */
  public long leftInKernel() {
    return surroundings.losses().leftInKernel();
  }

  /**
   * {@return how often the agent failed to read the kernel's buffers} It tries again after each
   * failure.
   */
  public long readFailures() {
    return faults.readFailures();
  }

  /**
   * {@return how often an operation of the spool has failed, for example because the disk is full}
   */
  public long spoolFailures() {
    return faults.spoolFailures().stream().mapToLong(Long::longValue).sum();
  }

  long spoolFailures(SpoolOperation operation) {
    return faults.spoolFailures().get(operation.ordinal());
  }

  /**
   * {@return the number of metrics that a filter by name has removed, also from events that have
   * other metrics} A metric counts once for each event that has it.
   */
  public long filteredMetrics() {
    return surroundings.reader().removedMetrics();
  }

  /** {@return the number of requests that the endpoint has accepted} */
  public long requestsAccepted() {
    return requests.accepted();
  }

  /** {@return the number of requests that failed and were or will be sent again} */
  public long requestsRetried() {
    return requests.retried();
  }

  /**
   * {@return the number of requests that the endpoint refused permanently} Their halves may be
   * accepted.
   */
  public long requestsRefused() {
    return requests.refused();
  }

  /** {@return the bytes of the accepted requests, before compression} */
  public long bytesSent() {
    return requests.bytesSent();
  }

  /** {@return the number of data points that the endpoint rejected in requests that it accepted} */
  public long pointsRejected() {
    return requests.pointsRejected();
  }

  /**
   * {@return the number of batches that were damaged in the spool so that their number of events is
   * unknown}
   */
  public long damagedBatches() {
    return faults.damagedBatches();
  }

  /**
   * {@return the number of writers' attributes that were renamed because their names are reserved
   * for the agent}
   */
  public long renamedAttributes() {
    return surroundings.reader().renamedAttributes();
  }

  /** {@return the size of the spool's files in bytes} */
  public long spoolBytes() {
    return surroundings.places().spool();
  }

  /** {@return the maximum size of the spool's files in bytes; 0 without a spool} */
  public long spoolLimitBytes() {
    return surroundings.places().spoolLimit();
  }

  /** {@return the size of the buffers that are in use, in bytes} */
  public long memoryBytes() {
    return surroundings.places().memory();
  }

  /** {@return the largest size of the buffers in bytes} */
  public long memoryLimitBytes() {
    return surroundings.places().memoryLimit();
  }

  /** Returns the times since the threads last began a cycle. */
  Ages ages() {
    return surroundings.ages();
  }

  /** Returns how the agent before this one on the same spool has ended; null if that is unknown. */
  @Nullable PreviousRun previousRun() {
    return surroundings.previousRun();
  }

  /** Returns whether a request was answered or has failed since the start of the agent. */
  boolean isEndpointKnown() {
    return surroundings.endpoint().isKnown();
  }

  /**
   * {@return whether the endpoint has answered the last request} It is true until the first request
   * was answered or has failed. An answer that asks for another attempt, such as status 503, counts
   * as a failure.
   */
  public boolean isEndpointUp() {
    return surroundings.endpoint().isUp();
  }

  /**
   * {@return the time at which the endpoint last accepted a request, in ms since 1970; 0 if it has
   * accepted none}
   */
  public long lastSentMs() {
    return surroundings.endpoint().lastSentMs();
  }

  /** {@return one readable line with the counts that are not 0} */
  public String text() {
    StringJoiner text = new StringJoiner(", ");
    text.add("received=" + received());
    if (recovered() > 0) {
      text.add("recovered=" + recovered());
    }
    text.add("sent=" + events(Outcome.SENT));
    for (Outcome outcome : Outcome.values()) {
      if (outcome != Outcome.SENT && events(outcome) > 0) {
        text.add(outcome.label() + "=" + events(outcome));
      }
    }
    add(text, "filtered_metrics", filteredMetrics());
    add(text, "lost_by_kernel", lostByKernel());
    add(text, "left_in_kernel", leftInKernel());
    add(text, "not_handed_out", notHandedOut());
    add(text, "malformed_buffers", malformedBuffers());
    add(text, "interruptions", interruptions());
    add(text, "points_rejected", pointsRejected());
    add(text, "damaged_batches", damagedBatches());
    add(text, "read_failures", readFailures());
    add(text, "spool_failures", spoolFailures());
    add(text, "renamed_attributes", renamedAttributes());
    return text.toString();
  }

  private static void add(StringJoiner text, String name, long count) {
    if (count > 0) {
      text.add(name + "=" + count);
    }
  }

  @Override
  public String toString() {
    return "ForwarderStatistics{" + text() + "}";
  }
}
