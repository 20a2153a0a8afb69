// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.perf;

/**
 * A sample with the fields of {@link PerfAttributes#SAMPLE_TYPE}, as {@code perf_output_sample} of
 * {@code kernel/events/core.c} (Linux 6.12) writes them.
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
 * data together are a multiple of 8 bytes: its own fields say where it ends.
 */
public final class PerfSample {

  /** Of the id that the event has by {@link PerfAttributes#READ_ID_OFFSET}. */
  public static final int IDENTIFIER_OFFSET = 8;

  /** Of the process that wrote the event, as the reader's pid namespace numbers it; 0 if not. */
  public static final int PID_OFFSET = 16;

  /** Of the thread that wrote it; see {@link #PID_OFFSET}. */
  public static final int TID_OFFSET = 20;

  /** Of the time in ns. */
  public static final int TIME_OFFSET = 24;

  /** Of the number of the CPU. */
  public static final int CPU_OFFSET = 32;

  /** Of the length of the raw data. */
  public static final int RAW_SIZE_OFFSET = 40;

  /** Of the raw data; also the length of a sample without any. */
  public static final int RAW_OFFSET = 44;

  private PerfSample() {}
}
