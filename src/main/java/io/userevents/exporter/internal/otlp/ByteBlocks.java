// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import java.util.Arrays;

/**
 * Keeps pieces of bytes one after the other in blocks, up to a limit. No piece spans two blocks.
 * Only the first block is ever copied, while it is smaller than the others. This class is not
 * thread-safe.
 *
 * <p>A position counts from the first block on, and each earlier block counts with its whole
 * length.
 */
final class ByteBlocks {

  private static final int SHIFT = 20;

  /** The length of a block in bytes. A longer piece cannot be kept. */
  static final int BLOCK_LENGTH = 1 << SHIFT;

  private static final byte[] NO_BLOCK = {};
  private static final int FIRST_BYTES = 8192;

  private final int maxBytes;

  /** The blocks; an array is empty where there is no block yet. */
  private final byte[][] blocks;

  /**
   * Creates blocks that take no memory yet.
   *
   * @param maxBytes most bytes of all blocks, 0 or more
   */
  ByteBlocks(int maxBytes) {
    this.maxBytes = maxBytes;
    blocks = new byte[(maxBytes >> SHIFT) + 1][];
    Arrays.fill(blocks, NO_BLOCK);
  }

  /** Returns where a piece behind another one begins, which is in the next block if necessary. */
  static int startAfter(int end, int length) {
    int room = BLOCK_LENGTH - offset(end);
    return length <= room ? end : end + room;
  }

  /** Returns whether a piece that begins there is within the limits. */
  boolean fits(int start, int length) {
    return length <= BLOCK_LENGTH && length <= maxBytes - start;
  }

  /**
   * Returns for how many more pieces there is room, if they have the mean length of those up to the
   * end.
   */
  long room(int end, int pieces) {
    long used = Math.max(1, end);
    return (maxBytes - used) * pieces / used;
  }

  /** Puts a piece that {@linkplain #fits fits}, and makes its block if there is none. */
  void put(int start, byte[] source, int sourceOffset, int length) {
    grow(start, length);
    System.arraycopy(source, sourceOffset, block(start), offset(start), length);
  }

  /** Moves a piece to the front, where there is a block. The two places may overlap. */
  void move(int from, int to, int length) {
    System.arraycopy(block(from), offset(from), block(to), offset(to), length);
  }

  void get(int start, int length, EncodedBytes target) {
    target.set(block(start), offset(start), length);
  }

  /** Releases the blocks behind the last piece. */
  void releaseAfter(int end) {
    Arrays.fill(blocks, Math.min(blocks.length, (end >> SHIFT) + 1), blocks.length, NO_BLOCK);
  }

  /** Returns the bytes that all blocks take. */
  long memory() {
    long bytes = 0;
    for (byte[] block : blocks) {
      bytes += block.length;
    }
    return bytes;
  }

  private void grow(int start, int length) {
    int index = start >> SHIFT;
    if (index > 0 && blocks[0].length < BLOCK_LENGTH) {
      // A piece of a later block may be moved into it.
      blocks[0] = Arrays.copyOf(blocks[0], BLOCK_LENGTH);
    }
    int needed = offset(start) + length;
    int present = blocks[index].length;
    if (needed > present) {
      int longest = Math.min(BLOCK_LENGTH, maxBytes - (index << SHIFT));
      int wanted = index == 0 ? Math.max(Math.max(2 * present, FIRST_BYTES), needed) : longest;
      blocks[index] = Arrays.copyOf(blocks[index], Math.min(longest, wanted));
    }
  }

  private byte[] block(int position) {
    return blocks[position >> SHIFT];
  }

  private static int offset(int position) {
    return position & (BLOCK_LENGTH - 1);
  }
}
