// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.io.IOException;
import java.io.InputStream;

/** The source of a {@link Window}'s bytes. */
@FunctionalInterface
interface Bytes {

  /**
   * Reads some bytes.
   *
   * @param length 1 or more
   * @return the number of bytes, at least 1, or -1 at the end
   */
  int read(byte[] into, int offset, int length) throws IOException;

  /** Reads a stream to its end. */
  static Bytes of(InputStream stream) {
    return (into, offset, length) -> {
      int read;
      do {
        read = stream.read(into, offset, length);
      } while (read == 0);
      return read;
    };
  }

  /** Reads an array. */
  static Bytes of(byte[] bytes) {
    return of(new java.io.ByteArrayInputStream(bytes));
  }
}
