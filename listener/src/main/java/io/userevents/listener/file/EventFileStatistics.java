// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

/**
 * A snapshot of the counters of a file reader. Immutable.
 *
 * @since 0.1.0
 */
public final class EventFileStatistics {

  private final long events;
  private final long bytes;
  private final long lostEvents;
  private final long lostUncounted;
  private final long malformedEvents;
  private final long otherProtocolEvents;
  private final long foreignEvents;
  private final long unorderedEvents;
  private final boolean isCut;

  EventFileStatistics(FileTally tally) {
    events = tally.events;
    bytes = tally.bytes;
    lostEvents = tally.lostEvents;
    lostUncounted = tally.lostUncounted;
    malformedEvents = tally.malformedEvents;
    otherProtocolEvents = tally.otherProtocolEvents;
    foreignEvents = tally.foreignEvents;
    unorderedEvents = tally.unorderedEvents;
    isCut = tally.isCut;
  }

  /** {@return the number of events that handlers have received} */
  public long events() {
    return events;
  }

  /** {@return the total size of the payloads of {@link #events()} in bytes} */
  public long bytes() {
    return bytes;
  }

  /**
   * {@return the number of events, of any tracepoint in the file, that were lost during the
   * recording according to the file}
   */
  public long lostEvents() {
    return lostEvents;
  }

  /**
   * {@return how often a page of trace.dat reported a loss without a number, because the page had
   * no room for it}
   */
  public long lostUncounted() {
    return lostUncounted;
  }

  /**
   * {@return the number of events whose fields or bytes would lie outside the event} Handlers do
   * not receive them.
   */
  public long malformedEvents() {
    return malformedEvents;
  }

  /**
   * {@return the number of events with a payload other than protobuf} Handlers do not receive them.
   */
  public long otherProtocolEvents() {
    return otherProtocolEvents;
  }

  /** {@return the number of events of other tracepoints} Handlers do not receive them. */
  public long foreignEvents() {
    return foreignEvents;
  }

  /** {@return the number of events that were delivered after an event with a later time} */
  public long unorderedEvents() {
    return unorderedEvents;
  }

  /**
   * {@return whether the file ends in the middle of a record, for example because the recorder was
   * killed}
   */
  public boolean isCut() {
    return isCut;
  }

  @Override
  public String toString() {
    return "EventFileStatistics{events="
        + events
        + ", bytes="
        + bytes
        + ", lostEvents="
        + lostEvents
        + ", lostUncounted="
        + lostUncounted
        + ", malformedEvents="
        + malformedEvents
        + ", otherProtocolEvents="
        + otherProtocolEvents
        + ", foreignEvents="
        + foreignEvents
        + ", unorderedEvents="
        + unorderedEvents
        + ", cut="
        + isCut
        + "}";
  }
}
