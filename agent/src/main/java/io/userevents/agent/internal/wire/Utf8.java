// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

/** Checks whether bytes are UTF-8 as RFC 3629 defines it: no surrogates, no overlong encodings. */
final class Utf8 {

  private static final int MAX_TWO_BYTES = 0x7FF;
  private static final int MAX_THREE_BYTES = 0xFFFF;
  private static final int MAX_CODE_POINT = 0x10FFFF;
  private static final int FIRST_SURROGATE = 0xD800;
  private static final int LAST_SURROGATE = 0xDFFF;
  private static final int CONTINUATION_BITS = 6;

  private Utf8() {}

  static boolean isValid(byte[] bytes, int start, int end) {
    int i = start;
    while (i < end) {
      int first = bytes[i++];
      if (first >= 0) {
        continue;
      }
      int more = continuations(first);
      if (more == 0 || more > end - i) {
        return false;
      }
      int codePoint = first & (0x3F >> more);
      for (int n = 0; n < more; n++) {
        int next = bytes[i++];
        if ((next & 0xC0) != 0x80) {
          return false;
        }
        codePoint = codePoint << CONTINUATION_BITS | (next & 0x3F);
      }
      if (!isShortest(codePoint, more)
          || (codePoint >= FIRST_SURROGATE && codePoint <= LAST_SURROGATE)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the number of bytes that follow the first byte, or 0 if it cannot be a first byte. */
  private static int continuations(int first) {
    if ((first & 0xE0) == 0xC0) {
      return 1;
    }
    if ((first & 0xF0) == 0xE0) {
      return 2;
    }
    return (first & 0xF8) == 0xF0 ? 3 : 0;
  }

  private static boolean isShortest(int codePoint, int continuations) {
    return switch (continuations) {
      case 1 -> codePoint > Byte.MAX_VALUE;
      case 2 -> codePoint > MAX_TWO_BYTES;
      default -> codePoint > MAX_THREE_BYTES && codePoint <= MAX_CODE_POINT;
    };
  }
}
