// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.perf;

import org.agrona.DirectBuffer;

/**
 * The records of a perf ring, and of a file that {@code perf record} writes ({@code enum
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
 */
public final class PerfRecord {

  /** Length of a record's header in bytes. */
  public static final int HEADER_LENGTH = 8;

  /** Records begin at multiples of it, in bytes. */
  public static final int ALIGNMENT = 8;

  /** No record is longer, in bytes. */
  public static final int MAX_LENGTH = 0xFFFF;

  /** {@code PERF_RECORD_LOST}: u64 id, u64 number of events that found no room before. */
  public static final int LOST = 2;

  /** {@code PERF_RECORD_SAMPLE}. */
  public static final int SAMPLE = 9;

  /** Where {@link #LOST} has the number. */
  public static final int LOST_COUNT_OFFSET = 16;

  /** Length of {@link #LOST} without what {@code sample_id_all} adds. */
  public static final int LOST_LENGTH = 24;

  private static final int TYPE_OFFSET = 0;
  private static final int SIZE_OFFSET = 6;

  private PerfRecord() {}

  /** The type of the record that begins at {@code offset}. */
  public static int type(DirectBuffer buffer, int offset) {
    return buffer.getInt(offset + TYPE_OFFSET);
  }

  /** Length in bytes of the record that begins at {@code offset}, as it says itself. */
  public static int length(DirectBuffer buffer, int offset) {
    return buffer.getShort(offset + SIZE_OFFSET) & MAX_LENGTH;
  }
}
