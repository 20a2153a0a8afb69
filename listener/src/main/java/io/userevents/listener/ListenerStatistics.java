// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.listener.Tally.Count;

/**
 * What a listener has read since it was opened: a snapshot. Immutable.
 *
 * <p>A loss in the kernel's buffers is reported among the events that are read after it: {@link
 * #missedEvents} counts it late, and not at all if no event follows. {@link
 * TracepointListener#kernelStatistics} is exact at any time, unless {@link #interruptions} is above
 * 0.
 */
public final class ListenerStatistics {

  private final Tally.Snapshot counts;
  private final long abandonedEvents;

  ListenerStatistics(Tally.Snapshot counts, long abandonedEvents) {
    this.counts = counts;
    this.abandonedEvents = abandonedEvents;
  }

  /** Events that were handed to handlers. */
  public long events() {
    return counts.get(Count.EVENTS);
  }

  /** Bytes of the payloads of {@link #events()}. */
  public long bytes() {
    return counts.get(Count.BYTES);
  }

  /** Events that the kernel lost, as far as the buffers that were read tell the number. */
  public long missedEvents() {
    return counts.get(Count.MISSED_EVENTS);
  }

  /** Times that an ftrace page told of a loss and had no room for the number. */
  public long missedUncounted() {
    return counts.get(Count.MISSED_UNCOUNTED);
  }

  /**
   * Pages of ftrace, or stretches of a perf ring up to its head, that made no sense from some byte
   * on; the events after that byte are lost.
   */
  public long malformedBuffers() {
    return counts.get(Count.MALFORMED_BUFFERS);
  }

  /** Events whose fields or bytes would lie outside of them; not handed out. */
  public long malformedEvents() {
    return counts.get(Count.MALFORMED_EVENTS);
  }

  /** Events that carry something else than protobuf; not handed out. */
  public long otherProtocolEvents() {
    return counts.get(Count.OTHER_PROTOCOL_EVENTS);
  }

  /** Events of other tracepoints; not handed out. */
  public long foreignEvents() {
    return counts.get(Count.FOREIGN_EVENTS);
  }

  /** Events that were still in the kernel's buffers when the listener was closed. */
  public long abandonedEvents() {
    return abandonedEvents;
  }

  /**
   * Times that the listener found itself switched off and switched itself on again: a CPU that was
   * offline meanwhile, or, with ftrace, somebody who wrote to the switches of the instance or
   * emptied its buffers. Events that were written meanwhile, or were unread in such a buffer, are
   * in no count.
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
