// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.util.Map;
import java.util.TreeMap;

/**
 * Parts of a file that no two readers may share. A file whose parts overlap could have the same
 * bytes read again and again, so that its reading took far longer than its length asks for.
 */
final class FileRanges {

  /** The end of each part by its beginning. */
  private final TreeMap<Long, Long> ends = new TreeMap<>();

  /**
   * Adds a part, unless it overlaps one that was added.
   *
   * @param from offset of its first byte, at least 0
   * @param length in bytes, above 0; a part that would end behind the last possible offset ends
   *     there
   * @return whether it was added
   */
  boolean add(long from, long length) {
    long to = length > Long.MAX_VALUE - from ? Long.MAX_VALUE : from + length;
    Map.Entry<Long, Long> before = ends.lowerEntry(to);
    if (before != null && before.getValue() > from) {
      return false;
    }
    ends.put(from, to);
    return true;
  }
}
