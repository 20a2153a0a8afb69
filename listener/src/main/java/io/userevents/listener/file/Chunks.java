// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

/**
 * Decompresses the pages of one CPU: u32 number of chunks, then for each u32 length, u32 length
 * when decompressed, and data (trace-cmd.dat.v7(5)).
 *
 * <p>Not thread-safe.
 */
final class Chunks implements Bytes {

  /** trace-cmd makes chunks of 10 pages. */
  private static final int MAX_CHUNK_LENGTH = 1 << 24;

  /** The length of a window. Each CPU has one window. */
  private static final int WINDOW_LENGTH = 1 << 12;

  private final String file;
  private final Window window;
  private final String algorithm;
  private final Budget budget;
  private byte[] chunk = {};
  private int start;
  private long left = -1;

  /**
   * Starts at the number of chunks.
   *
   * @param position of the source in the file
   */
  Chunks(String file, Bytes source, long position, String algorithm, Budget budget)
      throws EventFileException {
    this.file = file;
    this.algorithm = algorithm;
    this.budget = budget;
    window = new Window(file, source, position, budget.allocate(WINDOW_LENGTH, position));
  }

  @Override
  public int read(byte[] into, int offset, int length) throws EventFileException {
    if (left < 0) {
      left = Integer.toUnsignedLong(window.nextInt("number of chunks"));
    }
    while (start == chunk.length) {
      if (left == 0) {
        return -1;
      }
      left--;
      decompress();
    }
    int step = Math.min(length, chunk.length - start);
    System.arraycopy(chunk, start, into, offset, step);
    start += step;
    return step;
  }

  private void decompress() throws EventFileException {
    long at = window.position();
    int compressedLength = window.nextInt("chunk");
    int length = window.nextInt("chunk");
    byte[] compressed = window.nextBytes(compressedLength, MAX_CHUNK_LENGTH, "chunk");
    if (length < 0 || length > MAX_CHUNK_LENGTH) {
      throw EventFileException.malformed(file, at, "chunk has an impossible length=" + length);
    }
    budget.give(chunk);
    chunk = budget.allocate(length, at);
    start = 0;
    if (!Compression.decompress(file, algorithm, compressed, chunk)) {
      throw EventFileException.malformed(file, at, "chunk cannot be decompressed");
    }
  }
}
