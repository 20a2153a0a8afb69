// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.perf;

import org.agrona.MutableDirectBuffer;

/**
 * Defines {@code struct perf_event_attr} for a tracepoint of which every event is a sample, and the
 * calls on the descriptor ({@code include/uapi/linux/perf_event.h}, Linux 6.12).
 *
 * <pre>
 *    0      4      8        16              24            32            40
 *   +------+------+--------+---------------+-------------+-------------+-------+
 *   | type | size | config | sample_period | sample_type | read_format | flags |
 *   | u32  | u32  | u64    | u64           | u64         | u64         | u64   |
 *   +------+------+--------+---------------+-------------+-------------+-------+
 *    48                92
 *   +-----------+-....+---------+-....+
 *   | watermark |     | clockid |     |
 *   | u32       |     | i32     |     |
 *   +-----------+-....+---------+-....+
 * </pre>
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class PerfAttributes {

  /** Length in bytes: {@code PERF_ATTR_SIZE_VER5}, which kernels since 4.1 know. */
  public static final int LENGTH = 112;

  /** {@code PERF_TYPE_TRACEPOINT}. */
  public static final int TYPE_TRACEPOINT = 2;

  /** {@code PERF_SAMPLE_TID}. */
  public static final long SAMPLE_TID = 1 << 1;

  /** {@code PERF_SAMPLE_TIME}. */
  public static final long SAMPLE_TIME = 1 << 2;

  /** {@code PERF_SAMPLE_CPU}. */
  public static final long SAMPLE_CPU = 1 << 7;

  /** {@code PERF_SAMPLE_RAW}. */
  public static final long SAMPLE_RAW = 1 << 10;

  /** {@code PERF_SAMPLE_IDENTIFIER}. */
  public static final long SAMPLE_IDENTIFIER = 1 << 16;

  /** The fields that {@link PerfSample} describes. */
  public static final long SAMPLE_TYPE =
      SAMPLE_IDENTIFIER | SAMPLE_TID | SAMPLE_TIME | SAMPLE_CPU | SAMPLE_RAW;

  /** {@code PERF_FORMAT_TOTAL_TIME_ENABLED}. */
  public static final long FORMAT_TOTAL_TIME_ENABLED = 1;

  /** {@code PERF_FORMAT_ID}. */
  public static final long FORMAT_ID = 1 << 2;

  /** {@code PERF_FORMAT_LOST}, Linux 6.0. */
  public static final long FORMAT_LOST = 1 << 4;

  /** The values that a read returns; see {@link #READ_LENGTH}. */
  public static final long READ_FORMAT = FORMAT_TOTAL_TIME_ENABLED | FORMAT_ID | FORMAT_LOST;

  /** Length of a read in bytes: count, time enabled in ns, id, lost; each is a u64. */
  public static final int READ_LENGTH = 4 * Long.BYTES;

  /** Offset, in a read, of the number of events that occurred, including the lost ones. */
  public static final int READ_COUNT_OFFSET = 0;

  /** Offset, in a read, of the time for which the event was enabled, in ns. */
  public static final int READ_TIME_ENABLED_OFFSET = 8;

  /** Offset, in a read, of the id that samples carry. */
  public static final int READ_ID_OFFSET = 16;

  /** Offset, in a read, of the number of events that found no room. */
  public static final int READ_LOST_OFFSET = 24;

  /** {@code CLOCK_MONOTONIC} ({@code linux/time.h}). */
  public static final int CLOCK_MONOTONIC = 1;

  /** {@code PERF_EVENT_IOC_ENABLE}. */
  public static final long IOC_ENABLE = 0x2400;

  /** {@code PERF_EVENT_IOC_DISABLE}. */
  public static final long IOC_DISABLE = 0x2401;

  /** {@code PERF_EVENT_IOC_SET_OUTPUT}, with the descriptor whose ring is used. */
  public static final long IOC_SET_OUTPUT = 0x2405;

  /** {@code PERF_EVENT_IOC_PAUSE_OUTPUT}, with 1 to pause the event's ring and 0 to go on. */
  public static final long IOC_PAUSE_OUTPUT = 0x40042409L;

  private static final int TYPE_OFFSET = 0;
  private static final int SIZE_OFFSET = 4;
  private static final int CONFIG_OFFSET = 8;
  private static final int PERIOD_OFFSET = 16;
  private static final int SAMPLE_TYPE_OFFSET = 24;
  private static final int READ_FORMAT_OFFSET = 32;
  private static final int FLAGS_OFFSET = 40;
  private static final int WATERMARK_OFFSET = 48;
  private static final int CLOCK_OFFSET = 92;

  private static final long DISABLED = 1;
  private static final long WATERMARK = 1 << 14;
  private static final long SAMPLE_ID_ALL = 1 << 18;
  private static final long USE_CLOCK_ID = 1 << 25;
  private static final long WRITE_BACKWARD = 1 << 27;

  private PerfAttributes() {}

  /**
   * Writes the attributes of an event that is off until {@link #IOC_ENABLE}.
   *
   * @param buffer buffer with {@link #LENGTH} bytes from 0 on
   * @param tracepointId the number in the tracepoint's file {@code id}
   * @param watermark number of bytes after which a waiting reader is woken; 1 or more, because 0
   *     means half the ring ({@code ring_buffer_init} in {@code kernel/events/ring_buffer.c})
   */
  public static void put(MutableDirectBuffer buffer, int tracepointId, int watermark) {
    buffer.setMemory(0, LENGTH, (byte) 0);
    buffer.putInt(TYPE_OFFSET, TYPE_TRACEPOINT);
    buffer.putInt(SIZE_OFFSET, LENGTH);
    buffer.putLong(CONFIG_OFFSET, tracepointId);
    buffer.putLong(PERIOD_OFFSET, 1);
    buffer.putLong(SAMPLE_TYPE_OFFSET, SAMPLE_TYPE);
    buffer.putLong(READ_FORMAT_OFFSET, READ_FORMAT);
    buffer.putLong(FLAGS_OFFSET, DISABLED | WATERMARK | SAMPLE_ID_ALL | USE_CLOCK_ID);
    buffer.putInt(WATERMARK_OFFSET, watermark);
    buffer.putInt(CLOCK_OFFSET, CLOCK_MONOTONIC);
  }

  /**
   * Makes the kernel fill the ring from its end to its beginning, so that the newest record is at
   * the head ({@code perf_output_begin_backward} in {@code kernel/events/ring_buffer.c}). If the
   * ring is mapped for reading only, the kernel then overwrites it without end.
   *
   * @param buffer buffer with the attributes
   */
  public static void setWriteBackward(MutableDirectBuffer buffer) {
    buffer.putLong(FLAGS_OFFSET, buffer.getLong(FLAGS_OFFSET) | WRITE_BACKWARD);
  }

  /**
   * Makes records that are not samples come without the fields of samples.
   *
   * @param buffer buffer with the attributes
   */
  public static void clearSampleIdAll(MutableDirectBuffer buffer) {
    buffer.putLong(FLAGS_OFFSET, buffer.getLong(FLAGS_OFFSET) & ~SAMPLE_ID_ALL);
  }
}
