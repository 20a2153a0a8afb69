// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.internal.perf.PerfRecord;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads records that perf has compressed. The pieces of all such records of a file form one zstd
 * stream. A record in the stream can begin in one piece and end in another.
 *
 * <p>Not thread-safe.
 */
final class CompressedRecords implements AutoCloseable {

  private final String file;
  private final Zstd zstd;
  private final UnsafeBuffer bytes =
      new UnsafeBuffer(new byte[PerfRecord.MAX_LENGTH + Zstd.OUTPUT_CAPACITY]);
  private int start;
  private int end;
  private int length;
  private long position;
  private long piecePosition;
  private boolean hasMore;

  CompressedRecords(String file, Zstd zstd) {
    this.file = file;
    this.zstd = zstd;
  }

  /** Continues with this piece. Called when {@link #next} has returned false. */
  void put(DirectBuffer from, int offset, int pieceLength, long positionOfPiece) {
    zstd.put(from, offset, pieceLength);
    piecePosition = positionOfPiece;
    hasMore = true;
  }

  /** Moves to the next record. Returns whether {@link #record} has a whole record. */
  boolean next() throws EventFileException {
    while (true) {
      if (end - start >= PerfRecord.HEADER_LENGTH) {
        length = PerfRecord.length(bytes, start);
        if (length < PerfRecord.HEADER_LENGTH) {
          throw EventFileException.malformed(
              file, position, "record in compressed data has an impossible length=" + length);
        }
        if (end - start >= length) {
          return true;
        }
      }
      if (!hasMore) {
        return false;
      }
      decompress();
    }
  }

  private void decompress() throws EventFileException {
    ByteBuffer output = zstd.next();
    if (output == null) {
      throw EventFileException.malformed(file, piecePosition, "compressed data makes no sense");
    }
    hasMore = output.hasRemaining();
    // The rest is shorter than a record, so the whole piece has room.
    bytes.putBytes(0, bytes, start, end - start);
    end -= start;
    start = 0;
    int added = output.remaining();
    bytes.putBytes(end, output, added);
    end += added;
  }

  void advance() {
    start += length;
    position += length;
  }

  /** Returns whether the stream ended within a record. */
  boolean isCut() {
    return end > start;
  }

  DirectBuffer record() {
    return bytes;
  }

  int offset() {
    return start;
  }

  int length() {
    return length;
  }

  /** Returns the offset in the decompressed stream. */
  long position() {
    return position;
  }

  @Override
  public void close() {
    zstd.close();
  }
}
