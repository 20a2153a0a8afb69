// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static io.userevents.agent.internal.spool.SegmentLayout.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.zip.CRC32C;

/**
 * Encodes, finds and checks records. A record counts as found if the CRC of its header matches the
 * salt and the number of the file, and the position. Used by one thread.
 */
final class RecordReader {

  private static final int CHUNK_BYTES = 64 << 10;

  /** The largest number of bytes that a disk fails to read together: a page. */
  private static final int UNREADABLE_BYTES = 4096;

  private static final Logger LOGGER = Logger.getLogger(Spool.class.getName());

  private final CRC32C crc = new CRC32C();
  private final byte[] header = new byte[PAYLOAD_OFFSET];
  private final ByteBuffer headerBuffer = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
  private final byte[] seed = new byte[3 * Long.BYTES];
  private final ByteBuffer seedBuffer = ByteBuffer.wrap(seed).order(ByteOrder.LITTLE_ENDIAN);
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private final ByteBuffer chunkBuffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
  private boolean isSkippingUnreadable;
  private long unreadablePages;

  /**
   * Sets whether unreadable bytes count as zeros, and so as damaged, instead of causing an
   * exception.
   */
  void skipUnreadable(boolean isSkippingUnreadable) {
    this.isSkippingUnreadable = isSkippingUnreadable;
  }

  /** Returns how many pages were skipped so far because the disk could not read them. */
  long unreadablePages() {
    return unreadablePages;
  }

  /**
   * Encodes the header of a record. The caller has set number, position, salt, sequence, events
   * before, creation, length and events. This method sets the CRC of the payload.
   */
  byte[] encode(RecordHeader record, byte[] payload, int offset) {
    seed(record.salt, record.number, record.position);
    crc.update(payload, offset, record.length);
    record.payloadCrc = (int) crc.getValue();
    headerBuffer.putLong(MARKER_OFFSET, record.salt);
    headerBuffer.putLong(SEQUENCE_OFFSET, record.sequence);
    headerBuffer.putLong(EVENTS_BEFORE_OFFSET, record.eventsBefore);
    headerBuffer.putLong(CREATED_OFFSET, record.createdMs);
    headerBuffer.putInt(LENGTH_OFFSET, record.length);
    headerBuffer.putInt(EVENTS_OFFSET, record.events);
    headerBuffer.putInt(PAYLOAD_CRC_OFFSET, record.payloadCrc);
    headerBuffer.putInt(RECORD_CRC_OFFSET, headerCrc(record.salt, record.number, record.position));
    headerBuffer.putLong(STATE_OFFSET, PENDING);
    return header;
  }

  /**
   * Finds the first record that begins at {@code from} or later but before {@code end}, and fills
   * {@code record}. Its payload may be damaged or cut.
   */
  boolean find(SegmentFile file, long number, long salt, long from, long end, RecordHeader record)
      throws IOException {
    if (from + PAYLOAD_OFFSET > end) {
      return false;
    }
    if (read(file, number, salt, from, record)) {
      return true;
    }
    long position = from + ALIGNMENT;
    while (position + PAYLOAD_OFFSET <= end) {
      int length = readFully(file, position, chunk, (int) Math.min(CHUNK_BYTES, end - position));
      if (length < Long.BYTES) {
        return false;
      }
      int searched = length & -ALIGNMENT;
      for (int at = 0; at < searched; at += ALIGNMENT) {
        if (chunkBuffer.getLong(at) == salt && read(file, number, salt, position + at, record)) {
          return true;
        }
      }
      position += searched;
    }
    return false;
  }

  /** Reads the record at a position of a file whose salt is known only from this record. */
  boolean readUnsalted(SegmentFile file, long number, long position, RecordHeader record)
      throws IOException {
    if (readFully(file, position, header, PAYLOAD_OFFSET) < PAYLOAD_OFFSET) {
      return false;
    }
    return decode(number, headerBuffer.getLong(MARKER_OFFSET), position, record);
  }

  private boolean read(SegmentFile file, long number, long salt, long position, RecordHeader record)
      throws IOException {
    return readFully(file, position, header, PAYLOAD_OFFSET) == PAYLOAD_OFFSET
        && decode(number, salt, position, record);
  }

  private boolean decode(long number, long salt, long position, RecordHeader record) {
    if (headerBuffer.getLong(MARKER_OFFSET) != salt
        || headerBuffer.getInt(RECORD_CRC_OFFSET) != headerCrc(salt, number, position)) {
      return false;
    }
    record.position = position;
    record.number = number;
    record.salt = salt;
    record.sequence = headerBuffer.getLong(SEQUENCE_OFFSET);
    record.eventsBefore = headerBuffer.getLong(EVENTS_BEFORE_OFFSET);
    record.createdMs = headerBuffer.getLong(CREATED_OFFSET);
    record.length = headerBuffer.getInt(LENGTH_OFFSET);
    record.events = headerBuffer.getInt(EVENTS_OFFSET);
    record.payloadCrc = headerBuffer.getInt(PAYLOAD_CRC_OFFSET);
    record.state = headerBuffer.getLong(STATE_OFFSET);
    return true;
  }

  /** Reads the payload of a record into {@code payload}. Returns whether it is intact. */
  boolean readPayload(SegmentFile file, RecordHeader record, byte[] payload) throws IOException {
    if (readFully(file, record.position + PAYLOAD_OFFSET, payload, record.length) < record.length) {
      return false;
    }
    seed(record.salt, record.number, record.position);
    crc.update(payload, 0, record.length);
    return (int) crc.getValue() == record.payloadCrc;
  }

  /** Returns whether the payload of a record is intact, without loading it into memory. */
  boolean isPayloadIntact(SegmentFile file, RecordHeader record) throws IOException {
    seed(record.salt, record.number, record.position);
    long position = record.position + PAYLOAD_OFFSET;
    long end = record.payloadEnd();
    while (position < end) {
      int length = readFully(file, position, chunk, (int) Math.min(CHUNK_BYTES, end - position));
      if (length == 0) {
        return false;
      }
      crc.update(chunk, 0, length);
      position += length;
    }
    return (int) crc.getValue() == record.payloadCrc;
  }

  private int headerCrc(long salt, long number, long position) {
    seed(salt, number, position);
    crc.update(header, 0, RECORD_CRC_OFFSET);
    return (int) crc.getValue();
  }

  private void seed(long salt, long number, long position) {
    seedBuffer.putLong(0, salt);
    seedBuffer.putLong(Long.BYTES, number);
    seedBuffer.putLong(2 * Long.BYTES, position);
    crc.reset();
    crc.update(seed, 0, seed.length);
  }

  /**
   * Reads bytes, or fewer at the end of the file. Unreadable pages are zeros if they are skipped.
   */
  int readFully(SegmentFile file, long position, byte[] bytes, int length) throws IOException {
    try {
      return file.read(position, bytes, 0, length);
    } catch (IOException e) {
      if (!isSkippingUnreadable) {
        throw e;
      }
    }
    int done = 0;
    while (done < length) {
      long at = position + done;
      int part = (int) Math.min(length - done, UNREADABLE_BYTES - at % UNREADABLE_BYTES);
      int count = readPage(file, at, bytes, done, part);
      done += count;
      if (count < part) {
        break;
      }
    }
    return done;
  }

  private int readPage(SegmentFile file, long position, byte[] bytes, int offset, int length) {
    for (int attempt = 1; attempt <= Spool.READ_ATTEMPTS; attempt++) {
      try {
        return file.read(position, bytes, offset, length);
      } catch (IOException e) {
        LOGGER.log(Level.FINE, "Reading a page of a spool failed: position=" + position, e);
      }
    }
    unreadablePages++;
    Arrays.fill(bytes, offset, offset + length, (byte) 0);
    return length;
  }
}
