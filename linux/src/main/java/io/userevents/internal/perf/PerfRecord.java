// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.perf;

import org.agrona.DirectBuffer;

/**
 * Defines the records of a perf ring, and of a file that {@code perf record} writes ({@code enum
 * perf_event_type} in {@code include/uapi/linux/perf_event.h}, Linux 6.12).
 *
 * <pre>
 *    0      4      6       8
 *   +------+------+-------+----------------------
 *   | type | misc | size  | content
 *   | u32  | u16  | u16   | size - 8 bytes
 *   +------+------+-------+----------------------
 * </pre>
 *
 * <p>The size counts the header and is a multiple of 8.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class PerfRecord {

  /** Length of a record's header in bytes. */
  public static final int HEADER_LENGTH = 8;

  /** The alignment of records in bytes. */
  public static final int ALIGNMENT = 8;

  /** The longest record in bytes. */
  public static final int MAX_LENGTH = 0xFFFF;

  /** {@code PERF_RECORD_LOST}: u64 id, u64 number of events that found no room before. */
  public static final int LOST = 2;

  /** {@code PERF_RECORD_SAMPLE}. */
  public static final int SAMPLE = 9;

  /** Offset of the number in {@link #LOST}. */
  public static final int LOST_COUNT_OFFSET = 16;

  /** Length of {@link #LOST} in bytes without the fields that {@code sample_id_all} adds. */
  public static final int LOST_LENGTH = 24;

  private static final int TYPE_OFFSET = 0;
  private static final int SIZE_OFFSET = 6;

  private PerfRecord() {}

  /**
   * Returns the type of a record.
   *
   * @param buffer buffer with the record
   * @param offset where the record begins
   * @return the type
   */
  public static int type(DirectBuffer buffer, int offset) {
    return buffer.getInt(offset + TYPE_OFFSET);
  }

  /**
   * Returns the length that a record states in its header.
   *
   * @param buffer buffer with the record
   * @param offset where the record begins
   * @return the length in bytes
   */
  public static int length(DirectBuffer buffer, int offset) {
    return buffer.getShort(offset + SIZE_OFFSET) & MAX_LENGTH;
  }
}
