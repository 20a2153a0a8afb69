// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.perf;

/**
 * The memory of a perf ring: a control page, {@code struct perf_event_mmap_page}, then a power of
 * two of data pages ({@code include/uapi/linux/perf_event.h}, Linux 6.12).
 *
 * <p>The kernel adds to {@code data_head} and the reader to {@code data_tail}; both count bytes
 * since the beginning, and their remainder by the length of the data is the place in it. The reader
 * loads the head before it reads records ({@code smp_rmb}), and has read them before it stores the
 * tail ({@code smp_mb}): an acquiring load and a releasing store ({@code perf_output_put_handle} in
 * {@code kernel/events/ring_buffer.c}).
 */
public final class PerfRingLayout {

  /** Of the u64 {@code data_head} in the control page. */
  public static final int HEAD_OFFSET = 1024;

  /** Of the u64 {@code data_tail} in the control page. */
  public static final int TAIL_OFFSET = 1032;

  private PerfRingLayout() {}

  /**
   * Whether a ring can have this many bytes of data.
   *
   * @param pageLength of this machine in bytes
   */
  public static boolean isDataLength(int length, int pageLength) {
    return length >= pageLength && Integer.bitCount(length) == 1;
  }
}
