// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.perf;

/**
 * Defines the memory of a perf ring: a control page, {@code struct perf_event_mmap_page}, followed
 * by data pages, whose number is a power of two ({@code include/uapi/linux/perf_event.h}, Linux
 * 6.12).
 *
 * <p>The kernel adds to {@code data_head} and the reader to {@code data_tail}; both count bytes
 * since the beginning, and their remainder by the length of the data is the position in it. The
 * reader loads the head before it reads records ({@code smp_rmb}), and reads them before it stores
 * the tail ({@code smp_mb}): an acquiring load and a releasing store ({@code
 * perf_output_put_handle} in {@code kernel/events/ring_buffer.c}).
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class PerfRingLayout {

  /** Offset of the u64 {@code data_head} in the control page. */
  public static final int HEAD_OFFSET = 1024;

  /** Offset of the u64 {@code data_tail} in the control page. */
  public static final int TAIL_OFFSET = 1032;

  private PerfRingLayout() {}

  /**
   * Returns whether a ring can have this many bytes of data.
   *
   * @param length length of the data in bytes
   * @param pageLength length of this machine's pages in bytes
   * @return whether the length is possible
   */
  public static boolean isDataLength(int length, int pageLength) {
    return length >= pageLength && Integer.bitCount(length) == 1;
  }
}
