// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.memory.NativeRegion;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Builds one event, the prefix and the records that follow it, as the {@code struct iovec} array
 * that {@code writev} takes. The array points at the records; nothing is copied.
 *
 * <pre>
 *    0                32               48               64
 *   +----------------+----------------+----------------+---
 *   | prefix (20)    | iovec 0:prefix | iovec 1:record | ...
 *   +----------------+----------------+----------------+---
 * </pre>
 *
 * <p>This class is not thread-safe. The memory of the added records must stay valid until the event
 * is written or {@linkplain #clear() cleared}.
 *
 * @since 0.1.0
 */
public final class EventVector {

  private static final int IOVECS_OFFSET = 32;
  private static final int IOVEC_LENGTH = 16;
  private static final int CACHE_LINE_LENGTH = 64;

  /**
   * The most records: Linux takes no more entries in one call ({@code UIO_MAXIOV} in {@code
   * linux/uio.h}).
   */
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
   * @param maxRecords how many records the event can have, 1 to 1023
   * @param maxLength how many bytes the records can have together, 1 to {@link
   *     EventLayout#MAX_LENGTH}
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

  /**
   * Returns whether a record of this length still fits.
   *
   * @param recordLength length of the record in bytes
   * @return whether it fits
   */
  public boolean fits(int recordLength) {
    return records < maxRecords && recordLength <= maxLength - length;
  }

  /**
   * Adds a record, which must lie in off-heap memory.
   *
   * @param source buffer that has the record
   * @param offset offset of the record in the buffer
   * @param recordLength length of the record in bytes
   * @throws IllegalStateException if the record does not fit
   * @throws IllegalArgumentException if the buffer is on the heap
   * @throws IndexOutOfBoundsException if the record is not within the buffer
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

  /** Removes all records. */
  public void clear() {
    records = 0;
    length = 0;
  }

  /** {@return the number of records} */
  public int records() {
    return records;
  }

  /** {@return the length of all records together in bytes} */
  public int length() {
    return length;
  }

  /**
   * Copies the records, one after the other, as a listener receives them.
   *
   * @param destination buffer that takes the records
   * @param offset where the first record begins in it
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

  /** Completes the prefix. Call this right before the write. */
  void seal(int writeIndex) {
    buffer.putInt(EventLayout.INDEX_OFFSET, writeIndex);
    EventLayout.putLength(buffer, 0, length);
  }

  /**
   * Makes the event claim a buffer that ends beyond the event, which must have no records. The
   * kernel gives such an event to no listener.
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

  /** Releases the memory of the vector itself. The memory of the records belongs to the caller. */
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
