// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static io.userevents.agent.internal.spool.SegmentLayout.DONE;

/**
 * The fields of one record. The object is reused for each record. {@link SegmentLayout} describes
 * the fields.
 */
final class RecordHeader {

  /** The number of the file. */
  long number;

  /** The position of the record in its file. */
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

  /** Returns the position of the record after this one. */
  long next() {
    return SegmentLayout.next(position, length);
  }

  /** Returns the number of bytes from this record to the next one. */
  long bytes() {
    return SegmentLayout.recordBytes(length);
  }

  /** Returns the position after the last byte of the payload. */
  long payloadEnd() {
    return position + SegmentLayout.PAYLOAD_OFFSET + length;
  }

  /** Returns the number of events in all records up to and including this one. */
  long eventsAfter() {
    return eventsBefore + events;
  }
}
