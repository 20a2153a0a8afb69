// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.memory.NativeRegion;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Builds one event from the prefix and the records that follow it, as the {@code struct iovec}
 * array that {@code writev} takes. Records are pointed at, not copied.
 *
 * <pre>
 *    0                32               48               64
 *   +----------------+----------------+----------------+---
 *   | prefix (20)    | iovec 0:prefix | iovec 1:record | ...
 *   +----------------+----------------+----------------+---
 * </pre>
 *
 * <p>Not thread-safe. The memory of the added records has to stay valid until the event is written
 * or {@link #clear()}ed.
 */
public final class EventVector {

  private static final int IOVECS_OFFSET = 32;
  private static final int IOVEC_LENGTH = 16;
  private static final int CACHE_LINE_LENGTH = 64;

  /** Linux takes no more entries in one call ({@code UIO_MAXIOV} in {@code linux/uio.h}). */
  private static final int MAX_RECORDS = 1024 - 1;

  private final NativeRegion region;
  private final UnsafeBuffer buffer;
  private final int maxRecords;
  private final int maxLength;
  private int records;
  private int length;

  /**
   * Allocates an empty event.
   *
   * @param maxRecords how many records it can have, 1 to 1023
   * @param maxLength how many bytes they can have together, 1 to {@link EventLayout#MAX_LENGTH}
   */
  public EventVector(int maxRecords, int maxLength) {
    if (maxRecords < 1 || maxRecords > MAX_RECORDS) {
      throw new IllegalArgumentException(
          "maxRecords must be 1 to " + MAX_RECORDS + ": maxRecords=" + maxRecords);
    }
    if (maxLength < 1 || maxLength > EventLayout.MAX_LENGTH) {
      throw new IllegalArgumentException(
          "maxLength must be 1 to " + EventLayout.MAX_LENGTH + ": maxLength=" + maxLength);
    }
    this.maxRecords = maxRecords;
    this.maxLength = maxLength;
    region =
        NativeRegion.allocate(IOVECS_OFFSET + (1 + maxRecords) * IOVEC_LENGTH, CACHE_LINE_LENGTH);
    buffer = region.buffer();
    putIovec(0, region.address(), EventLayout.PREFIX_LENGTH);
    EventLayout.putPrefix(buffer, 0, 0);
  }

  /** Whether a record of this length still fits. */
  public boolean fits(int recordLength) {
    return records < maxRecords && recordLength <= maxLength - length;
  }

  /**
   * Adds a record, which lies in off-heap memory.
   *
   * @throws IllegalStateException if it does not fit
   * @throws IndexOutOfBoundsException if it is not within the buffer
   */
  public void add(DirectBuffer source, int offset, int recordLength) {
    if (!fits(recordLength)) {
      throw new IllegalStateException(
          "record does not fit: recordLength="
              + recordLength
              + " records="
              + records
              + " length="
              + length
              + " maxRecords="
              + maxRecords
              + " maxLength="
              + maxLength);
    }
    if (source.byteArray() != null) {
      throw new IllegalArgumentException("record must lie off-heap: source=" + source);
    }
    source.boundsCheck(offset, recordLength);
    records++;
    length += recordLength;
    putIovec(records, source.addressOffset() + offset, recordLength);
  }

  /** Forgets the records. */
  public void clear() {
    records = 0;
    length = 0;
  }

  /** Number of records. */
  public int records() {
    return records;
  }

  /** Bytes of all records together. */
  public int length() {
    return length;
  }

  /**
   * Copies the records, one after the other, as a listener would receive them.
   *
   * @throws IndexOutOfBoundsException if the destination is too short
   */
  public void copyTo(MutableDirectBuffer destination, int offset) {
    UnsafeBuffer record = new UnsafeBuffer(0, 0);
    int position = offset;
    for (int i = 1; i <= records; i++) {
      int iovec = iovecOffset(i);
      int recordLength = (int) buffer.getLong(iovec + 8);
      record.wrap(buffer.getLong(iovec), recordLength);
      destination.putBytes(position, record, 0, recordLength);
      position += recordLength;
    }
  }

  /** Completes the prefix; to be called right before the write. */
  void seal(int writeIndex) {
    buffer.putInt(EventLayout.INDEX_OFFSET, writeIndex);
    EventLayout.putLength(buffer, 0, length);
  }

  /**
   * Has the event, which is to have no records, claim a buffer that ends beyond the event: the
   * kernel gives it to no listener.
   */
  void sealBeyondItsEnd(int writeIndex) {
    buffer.putInt(EventLayout.INDEX_OFFSET, writeIndex);
    EventLayout.putLength(buffer, 0, EventLayout.MAX_LENGTH);
  }

  long iovecs() {
    return region.address() + IOVECS_OFFSET;
  }

  int iovecCount() {
    return 1 + records;
  }

  int totalLength() {
    return EventLayout.PREFIX_LENGTH + length;
  }

  /** Releases the memory of the vector itself; the records' is not its own. */
  public void free() {
    region.free();
  }

  private void putIovec(int index, long address, long bytes) {
    int iovec = iovecOffset(index);
    buffer.putLong(iovec, address);
    buffer.putLong(iovec + 8, bytes);
  }

  private static int iovecOffset(int index) {
    return IOVECS_OFFSET + index * IOVEC_LENGTH;
  }
}
