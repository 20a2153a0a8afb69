// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * Finds the payload within the data of one event. The event can belong to any of several
 * tracepoints. The decoder checks every length and never throws. Not thread-safe.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class EventDecoder {

  /** The kind of an event. */
  public enum Result {
    /** An event with a payload of the expected protocol. */
    RECEIVED,
    /** An event of these tracepoints with a payload other than protobuf. */
    OTHER_PROTOCOL,
    /** An event of no such tracepoint, for example a text in the instance's trace_marker. */
    FOREIGN,
    /** An event that is too short for its fields, or whose payload would lie outside of it. */
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
   * Creates a decoder.
   *
   * @param formats at least one
   */
  public EventDecoder(List<EventFormat> formats) {
    formats.forEach(one -> this.formats.putIfAbsent(one.id(), one));
    format = formats.get(0);
    typeOffset = format.typeOffset();
  }

  /** Decodes the data at this offset of the buffer. */
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

  /** Returns the name of the tracepoint of the event. */
  public String tracepoint() {
    return format.name();
  }

  /** Returns the number of the tracepoint of the event. */
  public int id() {
    return format.id();
  }

  /** Returns the offset of the event in the buffer. The event begins with its common fields. */
  int dataOffset() {
    return dataOffset;
  }

  /** Returns the length of the event in bytes, including the kernel's padding. */
  int dataLength() {
    return dataLength;
  }

  /** Returns the thread that wrote the event. */
  public int tid() {
    return tid;
  }

  /** Returns the offset of the payload in the buffer. */
  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }
}
