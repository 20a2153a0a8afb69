// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Where a {@link Window} gets its bytes from. */
@FunctionalInterface
interface Bytes {

  /**
   * Reads some bytes.
   *
   * @param length 1 or more
   * @return how many, 1 at least, or -1 at the end
   */
  int read(byte[] into, int offset, int length) throws IOException;

  /** A stream to its end. */
  static Bytes of(InputStream stream) {
    return (into, offset, length) -> {
      int read;
      do {
        read = stream.read(into, offset, length);
      } while (read == 0);
      return read;
    };
  }

  /** A file from one offset to another one, or to the file's end if that comes first. */
  static Bytes of(FileChannel channel, long from, long to) {
    return new Bytes() {
      private long position = from;

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        long left = to - position;
        if (left <= 0) {
          return -1;
        }
        ByteBuffer target = ByteBuffer.wrap(into, offset, (int) Math.min(length, left));
        int read = channel.read(target, position);
        if (read > 0) {
          position += read;
        }
        return read <= 0 ? -1 : read;
      }
    };
  }

  /** An array. */
  static Bytes of(byte[] bytes) {
    return of(new java.io.ByteArrayInputStream(bytes));
  }
}
