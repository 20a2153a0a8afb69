// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * Finds the bytes within the data of one event, which can be of any of some tracepoints. Checks
 * every length and never throws. Not thread-safe.
 */
public final class EventDecoder {

  /** What the data of an event turned out to be. */
  public enum Result {
    /** An event with bytes of the expected protocol. */
    RECEIVED,
    /** An event of these tracepoints that carries something else than protobuf. */
    OTHER_PROTOCOL,
    /** Of no such tracepoint, e.g. a text that someone wrote to the instance's trace_marker. */
    FOREIGN,
    /** Too short for its fields, or its bytes would lie outside of it. */
    MALFORMED
  }

  private static final int PROTOCOL_PROTOBUF = 0;
  private static final int UINT16_MASK = 0xFFFF;

  private final Int2ObjectHashMap<EventFormat> formats = new Int2ObjectHashMap<>();

  /** The common fields of all events of a kernel are the same. */
  private final int typeOffset;

  private EventFormat format;
  private int dataOffset;
  private int dataLength;
  private int tid;
  private int offset;
  private int length;

  /**
   * @param formats one at least
   */
  public EventDecoder(List<EventFormat> formats) {
    formats.forEach(one -> this.formats.putIfAbsent(one.id(), one));
    format = formats.get(0);
    typeOffset = format.typeOffset();
  }

  /** Decodes the data that lies at this place of the buffer. */
  public Result decode(DirectBuffer buffer, int dataOffset, int dataLength) {
    this.dataOffset = dataOffset;
    this.dataLength = dataLength;
    if (dataLength < typeOffset + Short.BYTES) {
      return Result.MALFORMED;
    }
    if (!select(buffer.getShort(dataOffset + typeOffset) & UINT16_MASK)) {
      return Result.FOREIGN;
    }
    if (dataLength < format.fixedLength()) {
      return Result.MALFORMED;
    }
    tid = buffer.getInt(dataOffset + format.pidOffset());
    int loc = buffer.getInt(dataOffset + format.locOffset());
    int start;
    if (format.locBase() == EventFormat.LENGTH_FIRST) {
      start = format.fixedLength();
      length = loc;
    } else {
      start = format.locBase() + (loc & UINT16_MASK);
      length = loc >>> 16;
    }
    if (length < 0 || length > dataLength - start) {
      return Result.MALFORMED;
    }
    offset = dataOffset + start;
    boolean isProtobuf =
        format.protocolOffset() == EventFormat.NONE
            || buffer.getInt(dataOffset + format.protocolOffset()) == PROTOCOL_PROTOBUF;
    return isProtobuf ? Result.RECEIVED : Result.OTHER_PROTOCOL;
  }

  private boolean select(int id) {
    if (format.id() == id) {
      return true;
    }
    EventFormat other = formats.get(id);
    if (other == null) {
      return false;
    }
    format = other;
    return true;
  }

  /** Name of the tracepoint of the event. */
  public String tracepoint() {
    return format.name();
  }

  /** Number of the tracepoint of the event. */
  public int id() {
    return format.id();
  }

  /** Where the event lies in the buffer, its common fields first. */
  int dataOffset() {
    return dataOffset;
  }

  /** Of the event in bytes, with what the kernel has padded it by. */
  int dataLength() {
    return dataLength;
  }

  /** Thread that wrote the event. */
  public int tid() {
    return tid;
  }

  /** Where the bytes lie in the buffer. */
  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }
}
