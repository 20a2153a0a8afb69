// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the events of one page of the kernel's ring buffer, without allocation.
 *
 * <p>Each event starts with a 32-bit word: type_len in the low 5 bits, time_delta in the other 27
 * ({@code include/linux/ring_buffer.h}, Linux 6.12; little-endian machines).
 *
 * <pre>
 *   type_len  1 to 28   data of type_len * 4 bytes follows
 *             0         u32 length follows, counted from itself, then data of length - 4 bytes
 *            29         padding: rest of the page if time_delta is 0, otherwise as type_len 0
 *            30         time extend: u32, the upper bits of a delta
 *            31         time stamp: u32, the upper bits of an absolute time of 59 bits
 * </pre>
 *
 * <p>For any bytes, all accesses stay within the page, each step advances by at least 4 bytes, and
 * no method throws. A malformed page ends at the malformed place, with a {@link #malformation()}.
 *
 * <p>Not thread-safe.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class PageCursor {

  private static final int HEADER_LENGTH = Integer.BYTES;
  private static final int ALIGNMENT = Integer.BYTES;
  private static final int TYPE_MASK = 0x1F;
  private static final int DELTA_BITS = 27;
  private static final int MAX_TYPE_LEN = 28;
  private static final int PADDING = 29;
  private static final int TIME_EXTEND = 30;
  private static final long ABSOLUTE_TIME_MASK = (1L << 59) - 1;
  private static final long UINT_MASK = 0xFFFF_FFFFL;

  private final PageLayout layout;
  private final UnsafeBuffer page = new UnsafeBuffer(0, 0);

  private int position;
  private int end;
  private long timestampNs;
  private long missedEvents;
  private boolean isMissedUncounted;
  private @Nullable String malformation;
  private int dataOffset;
  private int dataLength;

  public PageCursor(PageLayout layout) {
    this.layout = layout;
  }

  /** Starts at the first event of the page at the beginning of {@code buffer}. */
  public void wrap(DirectBuffer buffer, int length) {
    clear();
    if (length < layout.dataOffset() || length > buffer.capacity()) {
      fail("page is too short: length=" + length + " header=" + layout.dataOffset());
      return;
    }
    page.wrap(buffer, 0, length);
    timestampNs = page.getLong(layout.timestampOffset());
    // The flags and the length are in the low half, also if the word has 64 bits.
    int commit = (int) word(layout.commitOffset());
    int capacity = Math.min(layout.dataSize(), length - layout.dataOffset());
    int committed = commit & PageLayout.LENGTH_MASK;
    if (committed > capacity) {
      fail("page is overfull: committed=" + committed + " capacity=" + capacity);
      return;
    }
    position = layout.dataOffset();
    end = position + committed;
    if ((commit & PageLayout.MISSED_EVENTS) != 0) {
      readMissed((commit & PageLayout.MISSED_STORED) != 0, capacity - committed);
    }
  }

  /** Drops the page. */
  public void clear() {
    page.wrap(0L, 0);
    position = 0;
    end = 0;
    timestampNs = 0;
    missedEvents = 0;
    isMissedUncounted = false;
    malformation = null;
    dataOffset = 0;
    dataLength = 0;
  }

  /**
   * Moves to the next data.
   *
   * @return false at the end of the page
   */
  public boolean next() {
    while (position < end) {
      int remaining = end - position;
      if (remaining < HEADER_LENGTH) {
        return fail("bytes after the last event: remaining=" + remaining);
      }
      int header = page.getInt(position);
      int type = header & TYPE_MASK;
      int delta = header >>> (Integer.SIZE - DELTA_BITS);
      if (type == PADDING && delta == 0) {
        position = end;
        return false;
      }
      boolean hasWord = type == 0 || type > MAX_TYPE_LEN;
      if (hasWord && remaining < HEADER_LENGTH + Integer.BYTES) {
        return fail("event is cut off: type_len=" + type + " remaining=" + remaining);
      }
      long word = hasWord ? page.getInt(position + HEADER_LENGTH) & UINT_MASK : 0;
      if (type >= TIME_EXTEND) {
        moveTime(type, (word << DELTA_BITS) | delta);
        position += HEADER_LENGTH + Integer.BYTES;
        continue;
      }
      long length = hasWord ? word : (long) type * ALIGNMENT;
      if (length < Integer.BYTES || length > remaining - HEADER_LENGTH || length % ALIGNMENT != 0) {
        return fail(
            "event has an impossible length: type_len="
                + type
                + " length="
                + length
                + " remaining="
                + (remaining - HEADER_LENGTH));
      }
      int start = position + HEADER_LENGTH;
      position = start + (int) length;
      if (type == PADDING) {
        // 1 means "not the end of the page". Any other value is the time of a discarded event
        // (rb_read_data_buffer()).
        timestampNs += delta == 1 ? 0 : delta;
        continue;
      }
      timestampNs += delta;
      dataOffset = hasWord ? start + Integer.BYTES : start;
      dataLength = position - dataOffset;
      return true;
    }
    return false;
  }

  /** Returns the page in which {@link #dataOffset()} counts. */
  public DirectBuffer page() {
    return page;
  }

  public int dataOffset() {
    return dataOffset;
  }

  /** Returns the length of the data in bytes. The kernel rounds it up to a multiple of 4. */
  public int dataLength() {
    return dataLength;
  }

  /** Returns the time of the current event, by the clock of the trace instance. */
  public long timestampNs() {
    return timestampNs;
  }

  /**
   * Returns the number of events that were overwritten before this page, as far as the page reports
   * it.
   */
  public long missedEvents() {
    return missedEvents;
  }

  /** Returns whether events were overwritten before this page and the page has no number. */
  public boolean isMissedUncounted() {
    return isMissedUncounted;
  }

  /** Returns the defect of the page, after which nothing was read, or null if there is none. */
  public @Nullable String malformation() {
    return malformation;
  }

  private void readMissed(boolean isStored, int room) {
    long missed = isStored && room >= layout.commitSize() ? word(end) : -1;
    isMissedUncounted = missed < 0;
    missedEvents = Math.max(missed, 0);
  }

  private void moveTime(int type, long value) {
    if (type == TIME_EXTEND) {
      timestampNs += value;
      return;
    }
    // The five upper bits come from the previous time, plus one if the rest has wrapped around
    // (rb_fix_abs_ts()).
    long absolute = (value & ABSOLUTE_TIME_MASK) | (timestampNs & ~ABSOLUTE_TIME_MASK);
    if ((timestampNs & ~ABSOLUTE_TIME_MASK) != 0
        && Long.compareUnsigned(absolute, timestampNs) < 0) {
      absolute += 1L << 59;
    }
    timestampNs = absolute;
  }

  private long word(int offset) {
    return layout.commitSize() == Long.BYTES ? page.getLong(offset) : page.getInt(offset);
  }

  private boolean fail(String reason) {
    malformation = reason + " position=" + position;
    position = end;
    return false;
  }
}
