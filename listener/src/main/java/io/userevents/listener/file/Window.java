// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads a file from front to back through a window of bounded length. Numbers are little-endian. A
 * length field in the file never causes an allocation larger than the data that is there.
 *
 * <p>Not thread-safe.
 */
final class Window {

  /**
   * The longest piece that can be accessed at once. It is longer than the longest record of perf.
   */
  static final int CAPACITY = 1 << 17;

  /** The limit for texts. A kernel's description of a layout is much shorter. */
  private static final int MAX_TEXT_LENGTH = 1 << 20;

  private final String file;
  private final Bytes source;
  private final byte[] bytes;
  private final UnsafeBuffer buffer;
  private int start;
  private int end;
  private long position;
  private boolean isEnded;

  /**
   * Starts at a position of a file.
   *
   * @param position of the first byte of the source
   */
  Window(String file, Bytes source, long position) {
    this(file, source, position, new byte[CAPACITY]);
  }

  /** Starts with a shorter buffer, which also limits the pieces that can be accessed at once. */
  Window(String file, Bytes source, long position, byte[] bytes) {
    this.file = file;
    this.source = source;
    this.position = position;
    this.bytes = bytes;
    buffer = new UnsafeBuffer(bytes);
  }

  /** Returns whether this many bytes follow before the end. If so, they lie in one piece. */
  boolean has(int length) throws EventFileException {
    while (end - start < length && !isEnded) {
      if (start > 0 && start + length > bytes.length) {
        System.arraycopy(bytes, start, bytes, 0, end - start);
        end -= start;
        start = 0;
      }
      fill();
    }
    return end - start >= length;
  }

  private void fill() throws EventFileException {
    if (start == end) {
      start = 0;
      end = 0;
    }
    int read;
    try {
      read = source.read(bytes, end, bytes.length - end);
    } catch (EventFileException e) {
      throw e;
    } catch (IOException e) {
      throw EventFileException.failed("read", file, position + end - start, e);
    }
    if (read < 0) {
      isEnded = true;
    } else {
      end += read;
    }
  }

  /** Returns the buffer that has the bytes from {@link #offset} on. */
  UnsafeBuffer buffer() {
    return buffer;
  }

  int offset() {
    return start;
  }

  /** Returns the position in the file. */
  long position() {
    return position;
  }

  /** Advances by bytes that {@link #has} has confirmed. */
  void advance(int length) {
    start += length;
    position += length;
  }

  /** Advances by this many bytes, or to the end. Returns whether all of them existed. */
  boolean skip(long length) throws EventFileException {
    long left = length;
    while (left > 0) {
      if (!has(1)) {
        return false;
      }
      int step = (int) Math.min(left, end - start);
      advance(step);
      left -= step;
    }
    return true;
  }

  /** Advances by this many bytes. Throws if the file ends before. */
  void pass(long length, String what) throws EventFileException {
    long from = position;
    if (length < 0 || !skip(length)) {
      throw EventFileException.malformed(
          file, from, what + " has an impossible length=" + Long.toUnsignedString(length));
    }
  }

  int nextByte(String what) throws EventFileException {
    require(1, what);
    int value = buffer.getByte(start) & 0xFF;
    advance(1);
    return value;
  }

  int nextShort(String what) throws EventFileException {
    require(Short.BYTES, what);
    int value = buffer.getShort(start) & 0xFFFF;
    advance(Short.BYTES);
    return value;
  }

  int nextInt(String what) throws EventFileException {
    require(Integer.BYTES, what);
    int value = buffer.getInt(start);
    advance(Integer.BYTES);
    return value;
  }

  long nextLong(String what) throws EventFileException {
    require(Long.BYTES, what);
    long value = buffer.getLong(start);
    advance(Long.BYTES);
    return value;
  }

  /** Reads a text that ends with a 0. */
  String nextString(int maxLength, String what) throws EventFileException {
    StringBuilder text = new StringBuilder();
    int next;
    while ((next = nextByte(what)) != 0) {
      if (text.length() == maxLength) {
        throw malformed(what + " has no end");
      }
      text.append((char) next);
    }
    return text.toString();
  }

  /** Reads a text of this many bytes. */
  String nextText(long length, String what) throws EventFileException {
    return new String(nextBytes(length, MAX_TEXT_LENGTH, what), StandardCharsets.ISO_8859_1);
  }

  /** Reads this many bytes. Memory is allocated only for bytes that exist. */
  byte[] nextBytes(long length, int maxLength, String what) throws EventFileException {
    if (length < 0 || length > maxLength) {
      throw malformed(what + " has an impossible length=" + Long.toUnsignedString(length));
    }
    byte[] result = new byte[(int) Math.min(length, bytes.length)];
    int done = 0;
    while (done < length) {
      int step = (int) Math.min(length - done, bytes.length / 2);
      require(step, what);
      if (done + step > result.length) {
        result = Arrays.copyOf(result, (int) Math.min(length, result.length * 2L));
      }
      System.arraycopy(bytes, start, result, done, step);
      advance(step);
      done += step;
    }
    return result;
  }

  void require(int length, String what) throws EventFileException {
    if (!has(length)) {
      throw malformed("the file ends in " + what);
    }
  }

  EventFileException malformed(String reason) {
    return EventFileException.malformed(file, position, reason);
  }
}
