// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that can be read at any offset. It is not a channel, because an interrupt of the reading
 * thread closes a channel, and the rest of the file would be unreadable.
 *
 * <p>Not thread-safe.
 */
final class DataSource implements AutoCloseable {

  private static final int COPY_LENGTH = 1 << 16;

  private final RandomAccessFile file;
  private long position;

  private DataSource(RandomAccessFile file) {
    this.file = file;
  }

  static DataSource open(Path path) throws IOException {
    return new DataSource(new RandomAccessFile(path.toFile(), "r"));
  }

  /** Copies a stream to a temporary file. The file has no name and disappears with the process. */
  static DataSource copyOf(InputStream stream) throws IOException {
    Path path = Files.createTempFile("events", ".data");
    RandomAccessFile file;
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
    } finally {
      Files.delete(path);
    }
    DataSource copy = new DataSource(file);
    boolean isComplete = false;
    try {
      byte[] bytes = new byte[COPY_LENGTH];
      int length;
      while ((length = stream.read(bytes)) >= 0) {
        file.write(bytes, 0, length);
        copy.position += length;
      }
      isComplete = true;
      return copy;
    } finally {
      if (!isComplete) {
        copy.close();
      }
    }
  }

  long length() throws IOException {
    return file.length();
  }

  /**
   * Returns the bytes from one offset to another, or to the end of the file if that comes first.
   */
  Bytes bytes(long from, long to) {
    return new Bytes() {
      private long at = from;

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        long left = to - at;
        if (left <= 0) {
          return -1;
        }
        int read = readAt(at, into, offset, (int) Math.min(length, left));
        at += Math.max(read, 0);
        return read;
      }
    };
  }

  private int readAt(long at, byte[] into, int offset, int length) throws IOException {
    if (at != position) {
      file.seek(at);
      position = at;
    }
    int read = file.read(into, offset, length);
    position += Math.max(read, 0);
    return read;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
