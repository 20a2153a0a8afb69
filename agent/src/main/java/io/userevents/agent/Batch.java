// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The events of one request: their bytes one after the other, and the end of each event. One thread
 * at a time uses a batch.
 *
 * <pre>
 *   array   [event 0][event 1] ... [event n-1][free ...][room for the index]
 *   spool   [event 0][event 1] ... [event n-1][end 0][end 1] ... [end n-1]   ends: int, little-endian
 * </pre>
 */
final class Batch {

  private static final int INDEX_ENTRY_BYTES = Integer.BYTES;

  /**
   * The bytes per event by which the number of events is limited. Smaller events fill the index
   * before they fill the bytes.
   */
  private static final int MIN_EVENT_BYTES = 128;

  private final byte[] bytes;
  private final int[] ends;
  private final int limit;
  private int length;
  private int events;
  private long createdMs;
  private long createdNs;

  /** Creates a batch for up to this many bytes of events. */
  Batch(int limit) {
    this.limit = limit;
    ends = new int[Math.max(1, limit / MIN_EVENT_BYTES)];
    bytes = new byte[limit + INDEX_ENTRY_BYTES * ends.length];
  }

  /** Returns the memory of a batch in bytes. */
  static long memoryBytes(int limit) {
    return limit + 2L * INDEX_ENTRY_BYTES * Math.max(1, limit / MIN_EVENT_BYTES);
  }

  /**
   * Returns the array with the events' bytes, up to {@link #length}, followed by room for the
   * index.
   */
  byte[] bytes() {
    return bytes;
  }

  /** Returns the number of bytes that events may fill. */
  int limit() {
    return limit;
  }

  int length() {
    return length;
  }

  int events() {
    return events;
  }

  boolean isEmpty() {
    return events == 0;
  }

  boolean isIndexFull() {
    return events == ends.length;
  }

  /** Returns the time at which the first event was added, in ms since 1970. */
  long createdMs() {
    return createdMs;
  }

  /** Returns the time at which the first event was added, by {@link System#nanoTime}. */
  long createdNs() {
    return createdNs;
  }

  /** Adds the event whose bytes were written from {@link #length} to before {@code end}. */
  void add(int end, long nowMs, long nowNs) {
    if (events == 0) {
      createdMs = nowMs;
      createdNs = nowNs;
    }
    ends[events++] = end;
    length = end;
  }

  void clear() {
    length = 0;
    events = 0;
  }

  /** Returns the beginning of an event. */
  int start(int event) {
    return event == 0 ? 0 : ends[event - 1];
  }

  /** Returns the ends of the events, in an array that the caller may keep. */
  int[] ends() {
    return Arrays.copyOf(ends, events);
  }

  /**
   * Writes the index of the events from {@code firstEvent} on after the events. Positions are
   * relative to the start of that event.
   *
   * @return the end of the index; the spool takes the bytes from the start of that event to there
   */
  int encodeIndex(int firstEvent) {
    int start = start(firstEvent);
    ByteBuffer index = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(length);
    for (int i = firstEvent; i < events; i++) {
      index.putInt(ends[i] - start);
    }
    return index.position();
  }

  /**
   * Reads a batch that {@link #encodeIndex} wrote.
   *
   * @throws IllegalArgumentException if the bytes are not a batch
   */
  static int[] decodeIndex(byte[] bytes, int length, int events) {
    int indexStart = length - INDEX_ENTRY_BYTES * events;
    if (events <= 0 || indexStart <= 0) {
      throw new IllegalArgumentException("not a batch: length=" + length + ", events=" + events);
    }
    ByteBuffer index = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(indexStart);
    int[] ends = new int[events];
    int last = 0;
    for (int i = 0; i < events; i++) {
      ends[i] = index.getInt();
      if (ends[i] < last || ends[i] > indexStart) {
        throw new IllegalArgumentException("not a batch: event=" + i + ", end=" + ends[i]);
      }
      last = ends[i];
    }
    return ends;
  }
}
