// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A zstd stream through the optional library zstd-jni. Without the library, this class cannot be
 * linked. Not thread-safe.
 */
final class Zstd implements AutoCloseable {

  /** The capacity for input. No record of perf is longer. */
  private static final int INPUT_CAPACITY = 1 << 16;

  static final int OUTPUT_CAPACITY = 1 << 17;

  private final ZstdDecompressCtx context = new ZstdDecompressCtx();
  private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_CAPACITY).limit(0);
  private final ByteBuffer output = ByteBuffer.allocateDirect(OUTPUT_CAPACITY);

  /** Starts the next piece of the stream, after the last one is used up. */
  void put(DirectBuffer from, int offset, int length) {
    input.clear();
    from.getBytes(offset, input, length);
    input.flip();
  }

  /**
   * Decompresses some of the piece.
   *
   * @return the bytes; empty when the piece is used up; null if the piece is malformed
   */
  @Nullable ByteBuffer next() {
    output.clear();
    try {
      while (true) {
        int before = input.remaining();
        context.decompressDirectByteBufferStream(output, input);
        // The library keeps the bytes that do not fit until the next call.
        if (!input.hasRemaining() || !output.hasRemaining() || before == input.remaining()) {
          return output.flip();
        }
      }
    } catch (ZstdException e) {
      return null;
    }
  }

  /** Decompresses a frame into as many bytes as it must have; returns false if it does not. */
  static boolean decompress(byte[] from, byte[] into) {
    try {
      return com.github.luben.zstd.Zstd.decompress(into, from) == into.length;
    } catch (ZstdException e) {
      return false;
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
