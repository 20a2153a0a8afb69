// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses one body after the other with gzip (RFC 1952). It reuses one array and one {@link
 * Deflater}, so that a request allocates neither. Not thread-safe.
 */
final class GzipBuffer {

  private static final int INITIAL_BYTES = 64 * 1024;
  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;

  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, /* nowrap= */ true);
  private final CRC32 checksum = new CRC32();
  private byte[] bytes = new byte[INITIAL_BYTES];

  /**
   * Compresses a part of an array.
   *
   * @return the length of the result, which begins at 0 in {@link #bytes}
   */
  int compress(byte[] source, int offset, int length) {
    checksum.reset();
    checksum.update(source, offset, length);
    deflater.reset();
    deflater.setInput(source, offset, length);
    deflater.finish();
    int count = writeHeader();
    while (!deflater.finished()) {
      if (bytes.length - count <= TRAILER_BYTES) {
        bytes = Arrays.copyOf(bytes, 2 * bytes.length);
      }
      count += deflater.deflate(bytes, count, bytes.length - count - TRAILER_BYTES);
    }
    writeIntLe(count, (int) checksum.getValue());
    writeIntLe(count + 4, length);
    return count + TRAILER_BYTES;
  }

  /** Returns the result, which is valid until the next call of {@link #compress}. */
  byte[] bytes() {
    return bytes;
  }

  /** Gives up the array, because another thread may still read it. */
  void leaveBytes() {
    bytes = new byte[INITIAL_BYTES];
  }

  /**
   * The header without name and time and with an unknown operating system, as RFC 1952, 2.3.1
   * allows.
   */
  private int writeHeader() {
    Arrays.fill(bytes, 0, HEADER_BYTES, (byte) 0);
    bytes[0] = 0x1f;
    bytes[1] = (byte) 0x8b;
    bytes[2] = Deflater.DEFLATED;
    bytes[9] = (byte) 0xff;
    return HEADER_BYTES;
  }

  private void writeIntLe(int index, int value) {
    bytes[index] = (byte) value;
    bytes[index + 1] = (byte) (value >> 8);
    bytes[index + 2] = (byte) (value >> 16);
    bytes[index + 3] = (byte) (value >> 24);
  }
}
