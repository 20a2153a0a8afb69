// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import org.agrona.DirectBuffer;

/**
 * Finds the fields of a sample. The type of the sample determines which fields it has. They come in
 * this order, as {@code perf_output_sample} of {@code kernel/events/core.c} (Linux 6.12) writes
 * them:
 *
 * <pre>
 *   IDENTIFIER, IP, TID, TIME, ADDR, ID, STREAM_ID, CPU, PERIOD   8 bytes each
 *   READ                                                          by the read format
 *   CALLCHAIN                                                     u64 number, then 8 bytes each
 *   RAW                                                           u32 length, then data
 * </pre>
 *
 * <p>Other fields come after these. Not thread-safe.
 */
final class SampleFields {

  static final long IP = 1;
  static final long TID = 1 << 1;
  static final long TIME = 1 << 2;
  static final long ADDR = 1 << 3;
  static final long READ = 1 << 4;
  static final long CALLCHAIN = 1 << 5;
  static final long ID = 1 << 6;
  static final long CPU = 1 << 7;
  static final long PERIOD = 1 << 8;
  static final long STREAM_ID = 1 << 9;
  static final long RAW = 1 << 10;
  static final long IDENTIFIER = 1 << 16;

  private static final long TOTAL_TIME_ENABLED = 1;
  private static final long TOTAL_TIME_RUNNING = 1 << 1;
  private static final long READ_ID = 1 << 2;
  private static final long GROUP = 1 << 3;
  private static final long READ_LOST = 1 << 4;
  private static final int HEADER_LENGTH = 8;
  private static final int NONE = -1;

  private int pid;
  private int tid;
  private long timestampNs;
  private int cpu;
  private int rawOffset;
  private int rawLength;

  /**
   * Returns the offset of the event's id in a sample of this type, in bytes from the sample's
   * header, or -1.
   */
  static int idOffset(long sampleType) {
    if ((sampleType & IDENTIFIER) != 0) {
      return HEADER_LENGTH;
    }
    if ((sampleType & ID) == 0) {
      return NONE;
    }
    return HEADER_LENGTH + Long.BYTES * Long.bitCount(sampleType & (IP | TID | TIME | ADDR));
  }

  /**
   * Reads a sample.
   *
   * @return whether the sample has raw data that lies completely within it
   */
  boolean read(DirectBuffer buffer, int start, int length, PerfAttr attr) {
    long type = attr.sampleType();
    int end = start + length;
    int fixed =
        Long.bitCount(type & (IDENTIFIER | IP | TID | TIME | ADDR | ID | STREAM_ID | CPU | PERIOD));
    int at = start + HEADER_LENGTH;
    if ((type & RAW) == 0 || end - at < fixed * Long.BYTES) {
      return false;
    }
    at += Long.BYTES * Long.bitCount(type & (IDENTIFIER | IP));
    pid = 0;
    tid = 0;
    timestampNs = 0;
    cpu = 0;
    if ((type & TID) != 0) {
      pid = buffer.getInt(at);
      tid = buffer.getInt(at + Integer.BYTES);
      at += Long.BYTES;
    }
    if ((type & TIME) != 0) {
      timestampNs = buffer.getLong(at);
      at += Long.BYTES;
    }
    at += Long.BYTES * Long.bitCount(type & (ADDR | ID | STREAM_ID));
    if ((type & CPU) != 0) {
      cpu = buffer.getInt(at);
      at += Long.BYTES;
    }
    at += Long.BYTES * Long.bitCount(type & PERIOD);
    if ((type & READ) != 0) {
      at = afterRead(buffer, at, end, attr.readFormat());
    }
    if ((type & CALLCHAIN) != 0 && at != NONE) {
      at = afterList(buffer, at, at + Long.BYTES, end, Long.BYTES);
    }
    if (at == NONE || end - at < Integer.BYTES) {
      return false;
    }
    rawLength = buffer.getInt(at);
    rawOffset = at + Integer.BYTES;
    return rawLength >= 0 && rawLength <= end - rawOffset;
  }

  private static int afterRead(DirectBuffer buffer, int at, int end, long format) {
    int times = Long.bitCount(format & (TOTAL_TIME_ENABLED | TOTAL_TIME_RUNNING)) * Long.BYTES;
    int value = Long.BYTES * (1 + Long.bitCount(format & (READ_ID | READ_LOST)));
    return (format & GROUP) == 0
        ? at + value + times
        : afterList(buffer, at, at + Long.BYTES + times, end, value);
  }

  /**
   * Returns the offset after a list whose u64 number of entries lies at {@code at}, or -1 if the
   * list is too long.
   */
  private static int afterList(DirectBuffer buffer, int at, int first, int end, int entryLength) {
    if (end - first < 0) {
      return NONE;
    }
    long count = buffer.getLong(at);
    return count < 0 || count > (end - first) / entryLength
        ? NONE
        : first + (int) count * entryLength;
  }

  int pid() {
    return pid;
  }

  int tid() {
    return tid;
  }

  long timestampNs() {
    return timestampNs;
  }

  int cpu() {
    return cpu;
  }

  int rawOffset() {
    return rawOffset;
  }

  int rawLength() {
    return rawLength;
  }
}
