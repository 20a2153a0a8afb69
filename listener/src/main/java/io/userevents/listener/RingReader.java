// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.perf.PerfRecord;
import io.userevents.internal.perf.PerfSample;
import io.userevents.listener.Tally.Count;
import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.EventView;
import io.userevents.listener.internal.RingCursor;
import java.util.Arrays;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.agrona.DirectBuffer;

/**
 * Passes the events of perf rings to a handler and counts them. After an exception of the handler,
 * the next call continues with the record after it.
 *
 * <p>The caller holds the reader's lock, except for {@link #stop} and the counters.
 */
final class RingReader {

  private static final Logger LOGGER = Logger.getLogger(RingReader.class.getName());

  /**
   * The part of a ring that is read before the kernel learns the new tail. A store for each record
   * would take the cache line from the CPU that writes.
   */
  private static final int UNTOLD_SHIFT = 4;

  private static final int FIRST_RECORDS = 1024;

  private final EventDecoder decoder;
  private final Tally tally;
  private final RingCursor cursor = new RingCursor();
  private final EventView view = new EventView();
  private final Sample sample = new Sample(view);

  /** Used by {@link #deliverBackward}, from the head on. */
  private int[] starts = {};

  private boolean hasRead;
  private volatile boolean isStopped;

  RingReader(EventDecoder decoder, Tally tally) {
    this.decoder = decoder;
    this.tally = tally;
  }

  /** Stops delivery after the current record. Any thread may call this. */
  void stop() {
    isStopped = true;
  }

  /**
   * Passes the current events of the ring to the handler.
   *
   * @return the number of events
   */
  int deliver(PerfRing ring, int cpu, EventHandler handler) {
    int delivered = 0;
    int untoldLimit = ring.data().capacity() >>> UNTOLD_SHIFT;
    cursor.wrap(ring.data(), ring.tail(), ring.head());
    try {
      while (!isStopped) {
        // Frees only the records before the one that the handler receives next.
        if (cursor.position() - ring.tail() > untoldLimit) {
          ring.free(cursor.position());
        }
        if (!cursor.next()) {
          break;
        }
        hasRead = true;
        if (accept()) {
          delivered++;
          handler.onEvent(sample);
        }
      }
    } finally {
      view.clear();
      countMalformation(cpu);
      ring.free(cursor.position());
      cursor.clear();
    }
    return delivered;
  }

  /**
   * Passes the events of a paused ring that the kernel fills backward to the handler, oldest first.
   *
   * @return the number of events
   */
  int deliverBackward(PerfRing ring, EventHandler handler) {
    long head = ring.head();
    long end = head + ring.data().capacity();
    int count = findRecords(ring, head, end);
    int delivered = 0;
    try {
      for (int i = count - 1; i >= 0 && !isStopped; i--) {
        cursor.wrap(ring.data(), head + starts[i], end);
        if (cursor.next() && accept()) {
          delivered++;
          handler.onEvent(sample);
        }
      }
    } finally {
      view.clear();
      cursor.clear();
    }
    return delivered;
  }

  /**
   * Finds the beginning of each record, newest first. The oldest record may be partly overwritten.
   */
  private int findRecords(PerfRing ring, long head, long end) {
    int count = 0;
    long position = head;
    cursor.wrap(ring.data(), head, end);
    // Ends at the first byte that was never written, or at the record that overlaps the newest one.
    while (cursor.next()) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, Math.max(FIRST_RECORDS, 2 * count));
      }
      starts[count++] = (int) (position - head);
      position = cursor.position();
    }
    return count;
  }

  /** Returns whether records were read since the last call. */
  boolean takeHasRead() {
    boolean read = hasRead;
    hasRead = false;
    return read;
  }

  private boolean accept() {
    DirectBuffer record = cursor.record();
    int offset = cursor.offset();
    switch (PerfRecord.type(record, offset)) {
      case PerfRecord.SAMPLE -> {
        return acceptSample(record, offset, cursor.length());
      }
      case PerfRecord.LOST -> {
        if (cursor.length() >= PerfRecord.LOST_LENGTH) {
          tally.add(
              Count.MISSED_EVENTS,
              Math.max(0, record.getLong(offset + PerfRecord.LOST_COUNT_OFFSET)));
        }
        return false;
      }
      default -> {
        // Other record types of the kernel, for example throttling, which does not apply to
        // tracepoints.
        return false;
      }
    }
  }

  private boolean acceptSample(DirectBuffer record, int offset, int length) {
    tally.add(Count.SAMPLES, 1);
    int rawLength =
        length < PerfSample.RAW_OFFSET ? -1 : record.getInt(offset + PerfSample.RAW_SIZE_OFFSET);
    if (rawLength < 0 || rawLength > length - PerfSample.RAW_OFFSET) {
      tally.add(Count.MALFORMED_EVENTS, 1);
      return false;
    }
    switch (decoder.decode(record, offset + PerfSample.RAW_OFFSET, rawLength)) {
      case RECEIVED -> {
        tally.add(Count.EVENTS, 1);
        tally.add(Count.BYTES, decoder.length());
        view.wrap(
            record,
            decoder,
            record.getLong(offset + PerfSample.TIME_OFFSET),
            record.getInt(offset + PerfSample.CPU_OFFSET));
        view.writtenBy(
            record.getInt(offset + PerfSample.PID_OFFSET),
            record.getInt(offset + PerfSample.TID_OFFSET));
        return true;
      }
      case OTHER_PROTOCOL -> tally.add(Count.OTHER_PROTOCOL_EVENTS, 1);
      case FOREIGN -> tally.add(Count.FOREIGN_EVENTS, 1);
      case MALFORMED -> tally.add(Count.MALFORMED_EVENTS, 1);
    }
    return false;
  }

  private void countMalformation(int cpu) {
    String malformation = cursor.malformation();
    if (malformation == null) {
      return;
    }
    tally.add(Count.MALFORMED_BUFFERS, 1);
    if (tally.get(Count.MALFORMED_BUFFERS) == 1) {
      LOGGER.log(
          Level.WARNING,
          "cannot understand the perf ring of cpu={0}: {1}; the events up to the head are lost, and"
              + " further such rings are counted without a message",
          new Object[] {cpu, malformation});
    }
  }
}
