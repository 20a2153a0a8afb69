// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.util.regex.Pattern;

/**
 * The layout of a segment file, version 1. All numbers are little-endian.
 *
 * <p>A file is named by its number, 20 digits, and begins with its header in two copies, 4,096
 * bytes apart. Records follow, each at a multiple of 8 bytes; the gap before it is zero.
 *
 * <pre>
 *       0  +--------------------------------+
 *          | header                         |  64 bytes
 *      64  +--------------------------------+
 *          | zero                           |
 *   4,096  +--------------------------------+
 *          | header, second copy            |  64 bytes
 *   4,160  +--------------------------------+
 *          | record                         |
 *          +--------------------------------+
 *          | record ...                     |
 *          +--------------------------------+
 * </pre>
 *
 * <p>The following picture shows the header. The first 16 bytes have the same layout in all
 * versions, so that each version can report which version wrote a file that it cannot read.
 *
 * <pre>
 *   0                 8         12        16
 *   +-----------------+---------+---------+------------------+
 *   | magic           | version | CRC32C of 0 to 11          |  0
 *   +-----------------+---------+---------+------------------+
 *   | number of the file        | salt                       |  16
 *   +---------------------------+----------------------------+
 *   | sequence of 1st record    | events before 1st record   |  32
 *   +---------------------------+---------+------------------+
 *   | created, ms since 1970    | zero    | CRC32C of 0 to 59|  48
 *   +---------------------------+---------+------------------+
 * </pre>
 *
 * <p>The next picture shows a record. Sequence and events before it count from the first record of
 * the spool, so a damaged stretch between two records is counted exactly. Both may be negative for
 * a batch that was put in front of all others.
 *
 * <pre>
 *   0                 8                   16
 *   +-----------------+-------------------+
 *   | marker          | sequence          |  0
 *   +-----------------+-------------------+
 *   | events before   | created, ms       |  16
 *   +--------+--------+---------+---------+
 *   | length | events | CRC of  | CRC of  |  32
 *   |        |        | payload | 0 to 43 |
 *   +--------+--------+---------+---------+
 *   | state           | payload ...       |  48
 *   +-----------------+-------------------+
 * </pre>
 *
 * <p>The marker is the salt of the file, 64 random bits that no payload can know. Both CRCs of a
 * record begin with the salt, the number of the file and the record's position. Bytes in a payload,
 * a record of another file, and a record that the disk returns at another place are therefore never
 * taken for a record. The salt is in both headers and in each record. If both headers are damaged,
 * the salt of the first record is used, because no payload can be at its place. No 4,096
 * consecutive bytes contain all three.
 *
 * <p>The state is written in place once the batch is sent or dropped. The states differ in all
 * bits. Each state but {@link #DONE} is pending.
 */
final class SegmentLayout {

  /** The letters "uespool" and a zero. */
  static final long MAGIC = 0x006c_6f6f_7073_6575L;

  static final int VERSION = 1;

  static final int MAGIC_OFFSET = 0;
  static final int VERSION_OFFSET = 8;
  static final int VERSION_CRC_OFFSET = 12;
  static final int NUMBER_OFFSET = 16;
  static final int SALT_OFFSET = 24;
  static final int FIRST_SEQUENCE_OFFSET = 32;
  static final int FIRST_EVENTS_OFFSET = 40;
  static final int HEADER_CREATED_OFFSET = 48;
  static final int HEADER_CRC_OFFSET = 60;

  /** Bytes of one copy of the header. */
  static final int HEADER_COPY_BYTES = 64;

  /** Position of the second copy of the header. */
  static final int SECOND_HEADER = 4096;

  /** Position of the first record, which is also the length of a file without records. */
  static final int FIRST_RECORD = SECOND_HEADER + HEADER_COPY_BYTES;

  static final int MARKER_OFFSET = 0;
  static final int SEQUENCE_OFFSET = 8;
  static final int EVENTS_BEFORE_OFFSET = 16;
  static final int CREATED_OFFSET = 24;
  static final int LENGTH_OFFSET = 32;
  static final int EVENTS_OFFSET = 36;
  static final int PAYLOAD_CRC_OFFSET = 40;
  static final int RECORD_CRC_OFFSET = 44;
  static final int STATE_OFFSET = 48;
  static final int PAYLOAD_OFFSET = 56;

  /** Records begin at multiples of this. */
  static final int ALIGNMENT = 8;

  static final long PENDING = 0x5a3c_96e1_0f78_d24bL;
  static final long DONE = ~PENDING;

  private static final Pattern NAME = Pattern.compile("[0-9]{20}\\.spool");
  private static final int DIGITS = 20;

  /** The largest number of a file. A spool that opens a file each ms needs 31 million years. */
  static final long MAX_NUMBER = 999_999_999_999_999_999L;

  private SegmentLayout() {}

  /** Returns the position of the record after a record with {@code length} bytes of payload. */
  static long next(long position, long length) {
    return position + recordBytes(length);
  }

  /** Returns the bytes from a record to the next one. */
  static long recordBytes(long length) {
    return (PAYLOAD_OFFSET + length + ALIGNMENT - 1) & -ALIGNMENT;
  }

  static String fileName(long number) {
    String digits = Long.toString(number);
    return "0".repeat(DIGITS - digits.length()) + digits + ".spool";
  }

  /** Returns the number of the file with this name, or -1 if it is not the name of a segment. */
  static long number(String fileName) {
    if (!NAME.matcher(fileName).matches()
        || fileName.charAt(0) != '0'
        || fileName.charAt(1) != '0') {
      return -1;
    }
    return Long.parseLong(fileName.substring(0, DIGITS));
  }
}
