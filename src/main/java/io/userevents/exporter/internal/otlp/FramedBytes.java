// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The bytes of nested messages in their final order, but without the headers, whose width depends
 * on lengths known only later:
 *
 * <pre>
 *   bytes   | resource | scope | name, unit | point | point | temporality | name, unit | ...
 *   frames  ^ ^          ^                  ^                             ^
 * </pre>
 *
 * <p>Each frame is a header to be: the position it goes to, its tag, and the length of its body.
 * Not thread-safe.
 */
final class FramedBytes {

  private static final int INITIAL_FRAMES = 64;

  private final UnsafeBuffer bytes;
  private int length;

  private int[] framePositions = new int[INITIAL_FRAMES];
  private int[] frameTags = new int[INITIAL_FRAMES];
  private int[] frameBodyLengths = new int[INITIAL_FRAMES];
  private int frames;

  FramedBytes(int capacity) {
    this.bytes = new UnsafeBuffer(new byte[capacity]);
  }

  void clear() {
    length = 0;
    frames = 0;
  }

  void append(DirectBuffer source, int offset, int count) {
    bytes.putBytes(length, source, offset, count);
    length += count;
  }

  /** Opens a message here. Returns its frame, for {@link #closeFrame}. */
  int openFrame(int tag) {
    if (frames == framePositions.length) {
      framePositions = Arrays.copyOf(framePositions, 2 * frames);
      frameTags = Arrays.copyOf(frameTags, 2 * frames);
      frameBodyLengths = Arrays.copyOf(frameBodyLengths, 2 * frames);
    }
    framePositions[frames] = length;
    frameTags[frames] = tag;
    return frames++;
  }

  /**
   * @param bodyLength of the message with the headers of all messages in it
   */
  void closeFrame(int frame, int bodyLength) {
    frameBodyLengths[frame] = bodyLength;
  }

  /** Writes bytes and headers. All frames must be closed. */
  void writeTo(ProtoWriter writer) {
    int end = length;
    for (int i = frames - 1; i >= 0; i--) {
      int position = framePositions[i];
      writer.bytes(bytes, position, end - position);
      writer.varint(frameBodyLengths[i]);
      writer.tag(frameTags[i]);
      end = position;
    }
  }
}
