// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

/** What was read from a file so far: a snapshot. Immutable. */
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

  /** Events that were handed to handlers. */
  public long events() {
    return events;
  }

  /** Bytes of the payloads of {@link #events()}. */
  public long bytes() {
    return bytes;
  }

  /** Events of any tracepoint of the file that were lost while it was recorded, as it tells. */
  public long lostEvents() {
    return lostEvents;
  }

  /** Times that a page of trace.dat told of a loss and had no room for the number. */
  public long lostUncounted() {
    return lostUncounted;
  }

  /** Events whose fields or bytes would lie outside of them; not handed out. */
  public long malformedEvents() {
    return malformedEvents;
  }

  /** Events that carry something else than protobuf; not handed out. */
  public long otherProtocolEvents() {
    return otherProtocolEvents;
  }

  /** Events of other tracepoints; not handed out. */
  public long foreignEvents() {
    return foreignEvents;
  }

  /** Events that were handed out after one with a later time. */
  public long unorderedEvents() {
    return unorderedEvents;
  }

  /** Whether the file ends in the middle, e.g. since the recorder was killed. */
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
