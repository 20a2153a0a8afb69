// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Puts events of several CPUs into the order of their times. The kernel has a buffer for each CPU,
 * and the buffers are read one after the other. If a thread moves to another CPU, its later event
 * can be read first.
 *
 * <p>An event stays until one further read of all buffers has ended, because by then all earlier
 * events are in some buffer. This class holds copies of the events of at most two reads. If they
 * take more than {@link #MAX_BYTES}, all held events are delivered in their order.
 *
 * <p>Not thread-safe.
 */
final class TimeOrder {

  /** Receives the events. */
  @FunctionalInterface
  interface Sink {

    /**
     * Receives one event: its bytes in an array, which may be changed, and its process and thread.
     */
    void onEvent(byte[] bytes, int offset, int length, int pid, int tid);
  }

  private static final int INDEX_BITS = 22;
  private static final int MAX_EVENTS = 1 << INDEX_BITS;

  /** The largest memory of events that stay. */
  static final int MAX_BYTES = 16 << 20;

  /** The memory that an event takes in addition to its bytes. */
  private static final int EVENT_OVERHEAD_BYTES = 64;

  private static final long MAX_DISTANCE_NS = Long.MAX_VALUE >> INDEX_BITS;
  private static final int INITIAL_EVENTS = 64;
  private static final int INITIAL_BYTES = 64 << 10;

  private byte[] bytes = new byte[INITIAL_BYTES];
  private byte[] spareBytes = new byte[INITIAL_BYTES];
  private int used;
  private Event[] events = new Event[INITIAL_EVENTS];
  private Event[] spareEvents = new Event[INITIAL_EVENTS];
  private long[] order = new long[INITIAL_EVENTS];
  private int count;

  /** The number of events at the front that come from a read before the last. */
  private int old;

  private static final class Event {
    private long timeNs;
    private int offset;
    private int length;
    private int pid;
    private int tid;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Adds an event of the current read. Delivers all events if there is no room for it. */
  void add(DirectBuffer payload, long timeNs, int pid, int tid, Sink sink) {
    int length = payload.capacity();
    long memory = used + length + (long) EVENT_OVERHEAD_BYTES * count;
    if (count == MAX_EVENTS || (count > 0 && memory > MAX_BYTES)) {
      end(sink);
    }
    Event event = next();
    if (bytes.length - used < length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, used + length));
    }
    payload.getBytes(0, bytes, used, length);
    event.timeNs = timeNs;
    event.offset = used;
    event.length = length;
    event.pid = pid;
    event.tid = tid;
    used += length;
  }

  private Event next() {
    if (count == events.length) {
      events = Arrays.copyOf(events, 2 * count);
    }
    Event event = events[count];
    if (event == null) {
      event = new Event();
      events[count] = event;
    }
    count++;
    return event;
  }

  /**
   * Ends a read of all buffers. Delivers the events of the reads before it, and the events of this
   * read that are older than one of them.
   */
  void endRead(Sink sink) {
    if (count == 0) {
      return;
    }
    if (old == 0) {
      old = count;
      return;
    }
    long lastNs = Long.MIN_VALUE;
    for (int i = 0; i < old; i++) {
      lastNs = Math.max(lastNs, events[i].timeNs);
    }
    handOut(lastNs, sink);
    old = count;
  }

  /** Delivers all events. Called when no more events will be read. */
  void end(Sink sink) {
    handOut(Long.MAX_VALUE, sink);
    old = 0;
  }

  private void handOut(long lastNs, Sink sink) {
    sort();
    int handedOut = 0;
    try {
      while (handedOut < count && sorted(handedOut).timeNs <= lastNs) {
        Event event = sorted(handedOut);
        sink.onEvent(bytes, event.offset, event.length, event.pid, event.tid);
        handedOut++;
      }
    } finally {
      keepFrom(handedOut);
    }
  }

  /**
   * Sort keys: the distance of each event's time from the first one's, followed by the event's
   * index.
   */
  private void sort() {
    if (order.length < count) {
      order = new long[events.length];
    }
    long firstNs = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      firstNs = Math.min(firstNs, events[i].timeNs);
    }
    for (int i = 0; i < count; i++) {
      long distanceNs = Math.min(events[i].timeNs - firstNs, MAX_DISTANCE_NS);
      order[i] = distanceNs << INDEX_BITS | i;
    }
    Arrays.sort(order, 0, count);
  }

  private Event sorted(int rank) {
    return events[(int) (order[rank] & (MAX_EVENTS - 1))];
  }

  /** Moves the events that stay to the front of the other arrays, and switches to these arrays. */
  private void keepFrom(int handedOut) {
    if (handedOut == 0) {
      return;
    }
    if (spareEvents.length < events.length) {
      spareEvents = new Event[events.length];
    }
    int position = 0;
    for (int rank = handedOut; rank < count; rank++) {
      Event event = sorted(rank);
      if (spareBytes.length - position < event.length) {
        spareBytes =
            Arrays.copyOf(spareBytes, Math.max(2 * spareBytes.length, position + event.length));
      }
      System.arraycopy(bytes, event.offset, spareBytes, position, event.length);
      event.offset = position;
      position += event.length;
      spareEvents[rank - handedOut] = event;
    }
    // The objects of the other events are reused.
    int left = count - handedOut;
    for (int rank = 0; rank < handedOut; rank++) {
      spareEvents[left + rank] = sorted(rank);
    }
    System.arraycopy(events, count, spareEvents, count, events.length - count);
    Arrays.fill(spareEvents, events.length, spareEvents.length, null);
    swap();
    used = position;
    count = left;
  }

  private void swap() {
    byte[] otherBytes = bytes;
    bytes = spareBytes;
    spareBytes = otherBytes;
    Event[] otherEvents = events;
    events = spareEvents;
    spareEvents = otherEvents;
  }
}
