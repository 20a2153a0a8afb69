// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

/**
 * The layout of one page (sub-buffer) of the kernel's ring buffer, as {@code events/header_page} of
 * tracefs describes it. A 64-bit kernel with pages of 4096 bytes uses this layout:
 *
 * <pre>
 *    0            8            16                    16 + commit
 *   +------------+------------+---------------------+---------------+------+
 *   | timestamp  | commit     | events              | missed events | zero |
 *   | u64        | long       | commit bytes        | long, if told |      |
 *   +------------+------------+---------------------+---------------+------+
 * </pre>
 *
 * <p>Bits 31 and 30 of commit are flags: {@link #MISSED_EVENTS} and {@link #MISSED_STORED} ({@code
 * kernel/trace/ring_buffer.c}, Linux 6.12).
 *
 * <p>This type is internal, is not for public use and may change at any time.
 *
 * @param timestampOffset of the u64 time of the page, in ns
 * @param commitOffset of the commit word
 * @param commitSize of the commit word and of the count of missed events: 4 or 8
 * @param dataOffset of the first event
 * @param dataSize bytes for events
 */
public record PageLayout(
    int timestampOffset, int commitOffset, int commitSize, int dataOffset, int dataSize) {

  /** Events were overwritten between the page before and this one. */
  public static final int MISSED_EVENTS = 1 << 31;

  /**
   * The number of these events follows the last event of the page. If the page has no room for it,
   * this bit is not set.
   */
  public static final int MISSED_STORED = 1 << 30;

  public static final int LENGTH_MASK = ~(MISSED_EVENTS | MISSED_STORED);

  private static final int MAX_DATA_SIZE = 1 << 24;

  public static PageLayout parse(String headerPage) throws LayoutException {
    FieldTable table = new FieldTable(headerPage);
    FieldTable.Field timestamp = table.require("timestamp", Long.BYTES);
    FieldTable.Field commit = table.require("commit", Integer.BYTES, Long.BYTES);
    FieldTable.Field data = table.find("data");
    if (data == null
        || data.size() < Long.BYTES
        || data.size() > MAX_DATA_SIZE
        || data.offset() < Math.max(timestamp.end(), commit.end())) {
      throw LayoutException.ofText("field data is missing or out of range", headerPage);
    }
    return new PageLayout(
        timestamp.offset(), commit.offset(), commit.size(), data.offset(), data.size());
  }

  /** Returns the length of a page in bytes, which is the length of one read. */
  public int length() {
    return dataOffset + dataSize;
  }
}
