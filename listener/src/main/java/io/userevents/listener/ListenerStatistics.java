// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.listener.Tally.Count;

/**
 * A snapshot of the counters of a listener since it was opened. Immutable.
 *
 * <p>The kernel reports a loss in its buffers together with the events that follow the loss. {@link
 * #missedEvents} therefore counts a loss late, and not at all if no event follows. {@link
 * TracepointListener#kernelStatistics} is exact at any time, unless {@link #interruptions} is above
 * 0.
 *
 * @since 0.1.0
 */
public final class ListenerStatistics {

  private final Tally.Snapshot counts;
  private final long abandonedEvents;

  ListenerStatistics(Tally.Snapshot counts, long abandonedEvents) {
    this.counts = counts;
    this.abandonedEvents = abandonedEvents;
  }

  /** {@return the number of events that handlers have received} */
  public long events() {
    return counts.get(Count.EVENTS);
  }

  /** {@return the total size of the payloads of {@link #events()} in bytes} */
  public long bytes() {
    return counts.get(Count.BYTES);
  }

  /** {@return the number of events that the kernel lost, as far as the buffers report a number} */
  public long missedEvents() {
    return counts.get(Count.MISSED_EVENTS);
  }

  /**
   * {@return how often an ftrace page reported a loss without a number, because the page had no
   * room for it}
   */
  public long missedUncounted() {
    return counts.get(Count.MISSED_UNCOUNTED);
  }

  /**
   * {@return the number of malformed ftrace pages, or malformed stretches of a perf ring up to its
   * head} The events after the first malformed byte are lost.
   */
  public long malformedBuffers() {
    return counts.get(Count.MALFORMED_BUFFERS);
  }

  /**
   * {@return the number of events whose fields or bytes would lie outside the event} Handlers do
   * not receive them.
   */
  public long malformedEvents() {
    return counts.get(Count.MALFORMED_EVENTS);
  }

  /**
   * {@return the number of events with a payload other than protobuf} Handlers do not receive them.
   */
  public long otherProtocolEvents() {
    return counts.get(Count.OTHER_PROTOCOL_EVENTS);
  }

  /** {@return the number of events of other tracepoints} Handlers do not receive them. */
  public long foreignEvents() {
    return counts.get(Count.FOREIGN_EVENTS);
  }

  /**
   * {@return the number of events that were still in the kernel's buffers when the listener was
   * closed}
   */
  public long abandonedEvents() {
    return abandonedEvents;
  }

  /**
   * {@return how often the listener found itself switched off and switched itself on again} The
   * cause is a CPU that was offline or, with ftrace, another process that wrote to the switches of
   * the instance or emptied its buffers. Events that were written in that time, or were unread in
   * an emptied buffer, are in no count.
   */
  public long interruptions() {
    return counts.get(Count.INTERRUPTIONS);
  }

  @Override
  public String toString() {
    return "ListenerStatistics{events="
        + events()
        + ", bytes="
        + bytes()
        + ", missedEvents="
        + missedEvents()
        + ", missedUncounted="
        + missedUncounted()
        + ", malformedBuffers="
        + malformedBuffers()
        + ", malformedEvents="
        + malformedEvents()
        + ", otherProtocolEvents="
        + otherProtocolEvents()
        + ", foreignEvents="
        + foreignEvents()
        + ", abandonedEvents="
        + abandonedEvents
        + ", interruptions="
        + interruptions()
        + "}";
  }
}
