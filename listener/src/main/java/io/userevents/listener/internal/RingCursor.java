// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import io.userevents.internal.perf.PerfRecord;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the records of a perf ring from its tail to its head, without allocation. A record
 * that crosses the end of the ring is copied into one piece. Any other record is read in place.
 *
 * <p>For any bytes and positions, all accesses stay within the ring, each step advances by at least
 * 8 bytes, and no method throws. A malformed stretch ends at the head, with a {@link
 * #malformation()}.
 *
 * <p>Not thread-safe.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class RingCursor {

  private final UnsafeBuffer data = new UnsafeBuffer(0, 0);
  private final UnsafeBuffer copy = new UnsafeBuffer(new byte[PerfRecord.MAX_LENGTH + 1]);

  private DirectBuffer record = data;
  private int offset;
  private int length;
  private long position;
  private long head;
  private @Nullable String malformation;

  /**
   * Starts before the first record.
   *
   * @param ring the data of the ring; its length is a power of two
   * @param tail position of the first record
   * @param newHead end of the last record
   */
  public void wrap(DirectBuffer ring, long tail, long newHead) {
    data.wrap(ring, 0, ring.capacity());
    position = tail;
    head = newHead;
    malformation = null;
    long available = head - tail;
    if (available < 0
        || available > data.capacity()
        || ((tail | head) & (PerfRecord.ALIGNMENT - 1)) != 0) {
      fail("positions of the ring are impossible:");
    }
  }

  /**
   * Moves to the next record.
   *
   * @return false at the head
   */
  public boolean next() {
    if (position == head) {
      return false;
    }
    int capacity = data.capacity();
    // The header never crosses the end of the ring, because record and ring lengths are multiples
    // of its length.
    int start = (int) position & (capacity - 1);
    length = PerfRecord.length(data, start);
    if (length < PerfRecord.HEADER_LENGTH
        || length > head - position
        || length % PerfRecord.ALIGNMENT != 0) {
      return fail("record has an impossible length=" + length);
    }
    int beforeEnd = capacity - start;
    if (length <= beforeEnd) {
      record = data;
      offset = start;
    } else {
      data.getBytes(start, copy, 0, beforeEnd);
      data.getBytes(0, copy, beforeEnd, length - beforeEnd);
      record = copy;
      offset = 0;
    }
    position += length;
    return true;
  }

  /** Drops the ring. */
  public void clear() {
    data.wrap(0L, 0);
  }

  /** Returns the buffer that has the current record, from {@link #offset()} on. */
  public DirectBuffer record() {
    return record;
  }

  public int offset() {
    return offset;
  }

  /** Returns the length of the current record in bytes, including its header. */
  public int length() {
    return length;
  }

  /** Returns the position after the current record. */
  public long position() {
    return position;
  }

  /** Returns the reason why reading skipped to the head, or null if all records were read. */
  public @Nullable String malformation() {
    return malformation;
  }

  private boolean fail(String reason) {
    malformation = reason + " position=" + position + " head=" + head + " ring=" + data.capacity();
    position = head;
    return false;
  }
}
