// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Puts events of several CPUs into the order of their times. The kernel has a buffer for each CPU,
 * and they are read one after the other: of a thread that moves to another CPU, a later event can
 * be read first.
 *
 * <p>An event stays until one further read of all buffers has ended, as the ones before it are in
 * some buffer by then. It has copies of the events of two reads at most. If they take more than
 * {@link #MAX_BYTES}, those that are there are handed out in their order.
 *
 * <p>Not thread-safe.
 */
final class TimeOrder {

  /** Gets the events. */
  @FunctionalInterface
  interface Sink {

    /** Called for each event: its bytes in an array, which may be changed, and who wrote it. */
    void onEvent(byte[] bytes, int offset, int length, int pid, int tid);
  }

  private static final int INDEX_BITS = 22;
  private static final int MAX_EVENTS = 1 << INDEX_BITS;

  /** Memory of events that stay at most. */
  static final int MAX_BYTES = 16 << 20;

  /** What an event takes beside its bytes. */
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

  /** How many of the first events are of a read before the last. */
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

  /** Takes in an event of the read that goes on; hands out all if there is no room for it. */
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
   * Ends a read of all buffers: hands out the events of those before it, and the events of this one
   * that are older than one of them.
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

  /** Hands out all events: no more will be read. */
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

  /** The events' indexes behind the distances of their times from the first one's. */
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

  /** Moves the events that stay to the front of the other arrays, and uses these. */
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
    // The objects of the others are used again.
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
