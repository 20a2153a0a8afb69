// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import org.agrona.DirectBuffer;

/**
 * Finds the bytes within the data of one event. Checks every length and never throws. Not
 * thread-safe.
 */
final class EventDecoder {

  /** What the data of an event turned out to be. */
  enum Result {
    /** An event with bytes of the expected protocol. */
    RECEIVED,
    /** An event of this tracepoint that carries something else than protobuf. */
    OTHER_PROTOCOL,
    /** Not of this tracepoint, e.g. a text that someone wrote to the instance's trace_marker. */
    FOREIGN,
    /** Too short for its fields, or its bytes would lie outside of it. */
    MALFORMED
  }

  private static final int PROTOCOL_PROTOBUF = 0;
  private static final int UINT16_MASK = 0xFFFF;

  private final EventFormat format;
  private int tid;
  private int offset;
  private int length;

  EventDecoder(EventFormat format) {
    this.format = format;
  }

  /** Decodes the data that lies at this place of the page. */
  Result decode(DirectBuffer page, int dataOffset, int dataLength) {
    if (dataLength < format.typeOffset() + Short.BYTES) {
      return Result.MALFORMED;
    }
    if ((page.getShort(dataOffset + format.typeOffset()) & UINT16_MASK) != format.id()) {
      return Result.FOREIGN;
    }
    if (dataLength < format.fixedLength()) {
      return Result.MALFORMED;
    }
    tid = page.getInt(dataOffset + format.pidOffset());
    int relLoc = page.getInt(dataOffset + format.relLocOffset());
    int start = format.relLocOffset() + Integer.BYTES + (relLoc & UINT16_MASK);
    length = relLoc >>> 16;
    if (start + length > dataLength) {
      return Result.MALFORMED;
    }
    offset = dataOffset + start;
    boolean isProtobuf =
        format.protocolOffset() == EventFormat.NONE
            || page.getInt(dataOffset + format.protocolOffset()) == PROTOCOL_PROTOBUF;
    return isProtobuf ? Result.RECEIVED : Result.OTHER_PROTOCOL;
  }

  /** Thread that wrote the event. */
  int tid() {
    return tid;
  }

  /** Where the bytes lie in the page. */
  int offset() {
    return offset;
  }

  int length() {
    return length;
  }
}
