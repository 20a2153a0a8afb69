// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.internal.perf.PerfAttributes;
import java.io.IOException;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Finds the parts of a perf file by its header ({@code
 * tools/perf/Documentation/perf.data-file-format.txt}, Linux 6.12).
 *
 * <pre>
 *    0          8      16               24                32
 *   +----------+------+----------------+-----------------+-----------------+--
 *   | PERFILE2 | size | attribute size | attributes      | records         |
 *   | 8 bytes  | u64  | u64            | u64 offset, len | u64 offset, len |
 *   +----------+------+----------------+-----------------+-----------------+--
 *    56               72
 *   --+----------------+-----------+
 *     | unused         | features  |
 *     |                | 256 bits  |
 *   --+----------------+-----------+
 * </pre>
 *
 * <p>After the records, the file has the offset and length of each feature that is set. A stream
 * has nothing after the size, which is 16. Everything else follows as records.
 */
final class PerfDataOpening {

  static final byte[] MAGIC = {'P', 'E', 'R', 'F', 'I', 'L', 'E', '2'};
  static final int STREAM_HEADER_LENGTH = 16;
  static final int SIZE_OFFSET = 8;

  private static final int ATTR_LENGTH_OFFSET = 16;
  private static final int ATTRS_OFFSET = 24;
  private static final int RECORDS_OFFSET = 40;
  private static final int FEATURES_OFFSET = 72;
  private static final int HEADER_LENGTH = 104;
  private static final int SECTION_LENGTH = 16;
  private static final int TRACING_DATA_BIT = 1;
  private static final int MAX_ATTR_LENGTH = 4096;

  /** The number of bytes of ids that are read at once, for each of up to ten thousand events. */
  private static final int IDS_LENGTH = 4096;

  private final String file;
  private final DataSource source;
  private final Formats formats;
  private final PerfEvents events;

  private PerfDataOpening(String file, DataSource source, Set<String> wanted) {
    this.file = file;
    this.source = source;
    formats = new Formats(file, wanted);
    events = new PerfEvents(file);
  }

  /** Returns a reader of a stream whose header is not read yet. */
  static Reader ofStream(
      String file, Window window, Set<String> wanted, FileTally tally, int sortBytes)
      throws EventFileException {
    window.pass(STREAM_HEADER_LENGTH, "header");
    return new PerfDataReader(
        file, window, new Formats(file, wanted), new PerfEvents(file), tally, sortBytes);
  }

  /** Returns a reader of a file that can be read at any offset. */
  static Reader ofFile(
      String file, DataSource source, Set<String> wanted, FileTally tally, int sortBytes)
      throws EventFileException {
    try {
      return new PerfDataOpening(file, source, wanted).open(tally, sortBytes);
    } catch (EventFileException e) {
      throw e;
    } catch (IOException e) {
      throw EventFileException.failed("read", file, 0, e);
    }
  }

  private Reader open(FileTally tally, int sortBytes) throws IOException {
    Window header = window(0, HEADER_LENGTH);
    header.require(HEADER_LENGTH, "the header");
    UnsafeBuffer buffer = header.buffer();
    long headerLength = buffer.getLong(SIZE_OFFSET);
    if (headerLength != HEADER_LENGTH) {
      throw EventFileException.malformed(
          file, SIZE_OFFSET, "the header has an unknown length=" + headerLength);
    }
    readAttributes(buffer);
    long recordsFrom = buffer.getLong(RECORDS_OFFSET);
    long recordsLength = buffer.getLong(RECORDS_OFFSET + Long.BYTES);
    long fileLength = source.length();
    if (recordsFrom < HEADER_LENGTH || recordsLength < 0 || recordsFrom > fileLength) {
      throw EventFileException.malformed(
          file,
          RECORDS_OFFSET,
          "the records are at an impossible place: from="
              + recordsFrom
              + " length="
              + recordsLength
              + " file="
              + fileLength);
    }
    // perf writes the length when it ends, and the features after the records.
    boolean isCut = recordsLength == 0 || recordsLength > fileLength - recordsFrom;
    tally.isCut = isCut;
    long recordsTo = isCut ? fileLength : recordsFrom + recordsLength;
    long features = buffer.getLong(FEATURES_OFFSET);
    if (!isCut && (features & 1L << TRACING_DATA_BIT) != 0) {
      int before = Long.bitCount(features & ((1L << TRACING_DATA_BIT) - 1));
      readTracingData(recordsTo + (long) before * SECTION_LENGTH);
    }
    if (isCut) {
      assumeFormats();
    }
    return new PerfDataReader(
        file, window(recordsFrom, recordsTo), formats, events, tally, sortBytes);
  }

  private Window window(long from, long to) {
    return new Window(file, source.bytes(from, to), from);
  }

  private void readAttributes(UnsafeBuffer header) throws EventFileException {
    long entryLength = header.getLong(ATTR_LENGTH_OFFSET);
    long from = header.getLong(ATTRS_OFFSET);
    long length = header.getLong(ATTRS_OFFSET + Long.BYTES);
    if (entryLength < PerfAttr.MIN_LENGTH + SECTION_LENGTH
        || entryLength > MAX_ATTR_LENGTH
        || from < 0
        || length < entryLength) {
      throw EventFileException.malformed(
          file,
          ATTR_LENGTH_OFFSET,
          "the attributes are at an impossible place: from="
              + from
              + " length="
              + length
              + " each="
              + entryLength);
    }
    Window attributes = window(from, from + length);
    int attrLength = (int) entryLength - SECTION_LENGTH;
    for (long i = length / entryLength; i > 0; i--) {
      attributes.require((int) entryLength, "the attributes");
      UnsafeBuffer buffer = attributes.buffer();
      int offset = attributes.offset();
      PerfAttr attr = events.add(buffer, offset, attrLength, attributes.position());
      readIds(
          attr,
          buffer.getLong(offset + attrLength),
          buffer.getLong(offset + attrLength + Long.BYTES),
          attributes.position());
      attributes.advance((int) entryLength);
    }
  }

  private void readIds(PerfAttr attr, long from, long length, long position)
      throws EventFileException {
    if (from < 0 || length < 0) {
      throw EventFileException.malformed(file, position, "ids are at an impossible place");
    }
    if (length == 0) {
      return;
    }
    Window ids = new Window(file, source.bytes(from, from + length), from, new byte[IDS_LENGTH]);
    for (long i = length / Long.BYTES; i > 0; i--) {
      events.addId(ids.nextLong("ids of an event"), attr, position);
    }
  }

  private void readTracingData(long sectionAt) throws EventFileException {
    Window section = window(sectionAt, sectionAt + SECTION_LENGTH);
    long from = section.nextLong("the features");
    long length = section.nextLong("the features");
    if (from < 0 || length < 0) {
      throw EventFileException.malformed(
          file, sectionAt, "tracing data is at an impossible place: from=" + from);
    }
    TracingData.read(window(from, from + length), formats);
  }

  /** A killed perf has not written the layouts. The layouts of all exporters are the same. */
  private void assumeFormats() throws EventFileException {
    for (PerfAttr attr : events.all()) {
      if (attr.type() == PerfAttributes.TYPE_TRACEPOINT
          && attr.config() > 0
          && attr.config() <= 0xFFFF) {
        formats.assume((int) attr.config());
      }
    }
  }
}
