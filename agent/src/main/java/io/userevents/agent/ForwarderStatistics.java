// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.StringJoiner;

/**
 * What an agent has received and what became of it, at one moment: {@code received() + recovered()}
 * is the sum of {@link #events} of all outcomes. Immutable.
 */
public final class ForwarderStatistics {

  /** What came in. */
  record Received(long events, long bytes, long recovered) {}

  /** What became of requests. */
  record Requests(long accepted, long retried, long refused, long bytesSent, long pointsRejected) {}

  /** What others count. */
  record Surroundings(
      long lostByKernel,
      long notHandedOut,
      long interruptions,
      long renamedAttributes,
      long spoolBytes,
      long spoolLimitBytes,
      long memoryBytes,
      boolean isEndpointUp,
      long lastSentMs) {}

  private final long[] outcomes;
  private final Received received;
  private final Requests requests;
  private final long damagedBatches;
  private final Surroundings surroundings;

  ForwarderStatistics(
      long[] outcomes,
      Received received,
      Requests requests,
      long damagedBatches,
      Surroundings surroundings) {
    this.outcomes = outcomes;
    this.received = received;
    this.requests = requests;
    this.damagedBatches = damagedBatches;
    this.surroundings = surroundings;
  }

  /** Events that the kernel has handed to the agent. */
  public long received() {
    return received.events();
  }

  /** Bytes of the payloads of {@link #received()}. */
  public long receivedBytes() {
    return received.bytes();
  }

  /** Events that an agent before this one has left in the spool. */
  public long recovered() {
    return received.recovered();
  }

  /** Events with this outcome. */
  public long events(Outcome outcome) {
    return outcomes[outcome.ordinal()];
  }

  /** Events that were dropped, of all causes. */
  public long dropped() {
    long sum = 0;
    for (Outcome outcome : Outcome.values()) {
      sum += outcome.isDropped() ? events(outcome) : 0;
    }
    return sum;
  }

  /** Events that the kernel has lost, because the agent read too slowly. */
  public long lostByKernel() {
    return surroundings.lostByKernel();
  }

  /** Events that the listener could not hand out: malformed ones, and those of other protocols. */
  public long notHandedOut() {
    return surroundings.notHandedOut();
  }

  /** Times that the kernel did not record; see the listener's statistics. */
  public long interruptions() {
    return surroundings.interruptions();
  }

  /** Requests that the endpoint has accepted. */
  public long requestsAccepted() {
    return requests.accepted();
  }

  /** Requests that failed and are or will be sent again. */
  public long requestsRetried() {
    return requests.retried();
  }

  /** Requests that the endpoint has refused for good, of which halves may be accepted. */
  public long requestsRefused() {
    return requests.refused();
  }

  /** Bytes of the requests that were accepted, before compression. */
  public long bytesSent() {
    return requests.bytesSent();
  }

  /** Data points that the endpoint has rejected of requests that it has accepted. */
  public long pointsRejected() {
    return requests.pointsRejected();
  }

  /** Batches that were damaged in the spool so that their number of events is not known. */
  public long damagedBatches() {
    return damagedBatches;
  }

  /** Attributes of writers that were renamed, as their names are the agent's. */
  public long renamedAttributes() {
    return surroundings.renamedAttributes();
  }

  /** Bytes of the spool's files. */
  public long spoolBytes() {
    return surroundings.spoolBytes();
  }

  /** Bytes that the spool's files may have; 0 without a spool. */
  public long spoolLimitBytes() {
    return surroundings.spoolLimitBytes();
  }

  /** Bytes of the buffers that are not free. */
  public long memoryBytes() {
    return surroundings.memoryBytes();
  }

  /** Whether the last request was answered; true before the first. */
  public boolean isEndpointUp() {
    return surroundings.isEndpointUp();
  }

  /** When the endpoint last accepted a request, in ms since 1970; 0 if it has accepted none. */
  public long lastSentMs() {
    return surroundings.lastSentMs();
  }

  /** One line for people, with the counts that are not 0. */
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
    add(text, "lost_by_kernel", lostByKernel());
    add(text, "not_handed_out", notHandedOut());
    add(text, "interruptions", interruptions());
    add(text, "points_rejected", pointsRejected());
    add(text, "damaged_batches", damagedBatches());
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
