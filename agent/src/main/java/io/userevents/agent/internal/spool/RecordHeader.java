// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static io.userevents.agent.internal.spool.SegmentLayout.DONE;

/** The fields of one record, filled anew for each. {@link SegmentLayout} has their meaning. */
final class RecordHeader {

  /** The number of the file. */
  long number;

  /** Where the record begins in its file. */
  long position;

  long salt;
  long sequence;
  long eventsBefore;
  long createdMs;
  int length;
  int events;
  int payloadCrc;
  long state;

  void copy(RecordHeader other) {
    number = other.number;
    position = other.position;
    salt = other.salt;
    sequence = other.sequence;
    eventsBefore = other.eventsBefore;
    createdMs = other.createdMs;
    length = other.length;
    events = other.events;
    payloadCrc = other.payloadCrc;
    state = other.state;
  }

  boolean isDone() {
    return state == DONE;
  }

  /** Position of the record behind this one. */
  long next() {
    return SegmentLayout.next(position, length);
  }

  /** Bytes from this record to the next one. */
  long bytes() {
    return SegmentLayout.recordBytes(length);
  }

  /** Position behind the last byte of the payload. */
  long payloadEnd() {
    return position + SegmentLayout.PAYLOAD_OFFSET + length;
  }

  /** Events in all records up to this one and with it. */
  long eventsAfter() {
    return eventsBefore + events;
  }
}
