// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.perf;

/**
 * Defines a sample with the fields of {@link PerfAttributes#SAMPLE_TYPE}, as {@code
 * perf_output_sample} of {@code kernel/events/core.c} (Linux 6.12) writes them.
 *
 * <pre>
 *    0        8            16    20    24     32    36    40         44
 *   +--------+------------+-----+-----+------+-----+-----+----------+-----------------
 *   | header | identifier | pid | tid | time | cpu | 0   | raw size | raw data
 *   |        | u64        | u32 | u32 | u64  | u32 | u32 | u32      | raw size bytes
 *   +--------+------------+-----+-----+------+-----+-----+----------+-----------------
 * </pre>
 *
 * <p>The raw data is the event as its {@code format} file describes it, padded so that raw size and
 * data together are a multiple of 8 bytes. The fields of the event say where it ends.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class PerfSample {

  /** Offset of the id, which is the one at {@link PerfAttributes#READ_ID_OFFSET}. */
  public static final int IDENTIFIER_OFFSET = 8;

  /**
   * Offset of the process that wrote the event, by its number in the reader's pid namespace; 0 if
   * it has none there.
   */
  public static final int PID_OFFSET = 16;

  /** Offset of the thread that wrote the event; see {@link #PID_OFFSET}. */
  public static final int TID_OFFSET = 20;

  /** Offset of the time in ns. */
  public static final int TIME_OFFSET = 24;

  /** Offset of the number of the CPU. */
  public static final int CPU_OFFSET = 32;

  /** Offset of the length of the raw data. */
  public static final int RAW_SIZE_OFFSET = 40;

  /** Offset of the raw data; also the length of a sample without raw data. */
  public static final int RAW_OFFSET = 44;

  private PerfSample() {}
}
