// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static io.userevents.agent.internal.spool.SegmentLayout.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The header of a segment file.
 *
 * @param number the number in the file's name
 * @param salt random bits that no payload can know
 * @param firstSequence the sequence of the first record
 * @param firstEvents the events in all records of the spool before the first one
 * @param isWhole whether both copies are intact
 */
record SegmentHeader(
    long number, long salt, long firstSequence, long firstEvents, boolean isWhole) {

  /** Returns the bytes of a file without records. */
  byte[] encode(long createdMs) {
    byte[] block = new byte[FIRST_RECORD];
    ByteBuffer buffer = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(MAGIC_OFFSET, MAGIC);
    buffer.putInt(VERSION_OFFSET, VERSION);
    buffer.putInt(VERSION_CRC_OFFSET, crc(block, 0, VERSION_CRC_OFFSET));
    buffer.putLong(NUMBER_OFFSET, number);
    buffer.putLong(SALT_OFFSET, salt);
    buffer.putLong(FIRST_SEQUENCE_OFFSET, firstSequence);
    buffer.putLong(FIRST_EVENTS_OFFSET, firstEvents);
    buffer.putLong(HEADER_CREATED_OFFSET, createdMs);
    buffer.putInt(HEADER_CRC_OFFSET, crc(block, 0, HEADER_CRC_OFFSET));
    System.arraycopy(block, 0, block, SECOND_HEADER, HEADER_COPY_BYTES);
    return block;
  }

  /**
   * Reads the header of a file from one of its copies, or from the fields that the first record
   * repeats. Returns null if all three are damaged. Returns a header with another number if the
   * file is intact but has the name of another file.
   *
   * @throws SpoolException if another version wrote the file
   */
  static @Nullable SegmentHeader read(
      SegmentFile file, Path path, long number, RecordReader records) throws IOException {
    byte[] block = new byte[FIRST_RECORD];
    int unused = records.readFully(file, 0, block, FIRST_RECORD);
    SegmentHeader first = decode(block, 0);
    SegmentHeader second = decode(block, SECOND_HEADER);
    if (first != null && first.equals(second)) {
      return first.whole();
    }
    // A copy with another number comes from a block of another file.
    if (first != null && first.number == number) {
      return first;
    }
    if (second != null && second.number == number) {
      return second;
    }
    requireKnownVersion(block, path);
    RecordHeader record = new RecordHeader();
    return records.readUnsalted(file, number, FIRST_RECORD, record)
        ? new SegmentHeader(number, record.salt, record.sequence, record.eventsBefore, false)
        : null;
  }

  private static @Nullable SegmentHeader decode(byte[] block, int at) {
    ByteBuffer buffer = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.getLong(at + MAGIC_OFFSET) != MAGIC
        || buffer.getInt(at + VERSION_OFFSET) != VERSION
        || buffer.getInt(at + HEADER_CRC_OFFSET) != crc(block, at, HEADER_CRC_OFFSET)) {
      return null;
    }
    return new SegmentHeader(
        buffer.getLong(at + NUMBER_OFFSET),
        buffer.getLong(at + SALT_OFFSET),
        buffer.getLong(at + FIRST_SEQUENCE_OFFSET),
        buffer.getLong(at + FIRST_EVENTS_OFFSET),
        false);
  }

  private SegmentHeader whole() {
    return new SegmentHeader(number, salt, firstSequence, firstEvents, true);
  }

  /** Checks the version. Its own CRC distinguishes another version from a damaged one. */
  private static void requireKnownVersion(byte[] block, Path path) throws SpoolException {
    ByteBuffer buffer = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at <= SECOND_HEADER; at += SECOND_HEADER) {
      int version = buffer.getInt(at + VERSION_OFFSET);
      if (buffer.getLong(at + MAGIC_OFFSET) == MAGIC
          && version != VERSION
          && buffer.getInt(at + VERSION_CRC_OFFSET) == crc(block, at, VERSION_CRC_OFFSET)) {
        throw new SpoolException(
            "the spool's file has a format of another version: file="
                + path
                + " found="
                + version
                + " expected="
                + VERSION
                + "; send the file with the version of the agent that wrote it, or move it to"
                + " another folder",
            null);
      }
    }
  }

  private static int crc(byte[] block, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(block, at, length);
    return (int) crc.getValue();
  }
}
