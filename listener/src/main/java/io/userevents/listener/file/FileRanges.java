// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.util.Map;
import java.util.TreeMap;

/**
 * Parts of a file that must not overlap. With overlapping parts, the same bytes would be read many
 * times, and reading would take much longer than the length of the file justifies.
 */
final class FileRanges {

  /** The end of each part by its beginning. */
  private final TreeMap<Long, Long> ends = new TreeMap<>();

  /**
   * Adds a part, unless it overlaps one that was added.
   *
   * @param from offset of its first byte, at least 0
   * @param length in bytes, above 0; a part that would end after the last possible offset ends
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
