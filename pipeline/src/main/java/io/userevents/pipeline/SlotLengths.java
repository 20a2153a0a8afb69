// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Length of the record in each slot, and whether somebody asks for its outcome:
 *
 * <pre>
 *   15          14         13 .. 0
 *  +-----------+----------+-------------------------------------------+
 *  | sealed    | listened | length in bytes; 0: no complete record    |
 *  +-----------+----------+-------------------------------------------+
 * </pre>
 *
 * <p>32 of them share a cache line, which thus changes its owner once for many records when the
 * consumer lags a little; in objects of their own it would be once for each record.
 *
 * <p>Plain reads and writes: a publisher writes between claiming and publishing its sequence, the
 * consumer reads between the barrier and freeing it, and the ring orders these.
 */
final class SlotLengths {

  private static final int LISTENED = 1 << 14;
  private static final int SEALED = 1 << 15;
  private static final int LENGTH = LISTENED - 1;

  private static final VarHandle ENTRIES = MethodHandles.arrayElementVarHandle(char[].class);
  private static final int ENTRIES_PER_CACHE_LINE = 32;

  private final char[] entries;
  private final int mask;

  SlotLengths(int ringSlots) {
    entries = new char[ringSlots];
    mask = ringSlots - 1;
  }

  /** The record's length; 0 if it was never completed. */
  void put(long sequence, int length, boolean listened) {
    entries[(int) sequence & mask] = (char) (listened ? length | LISTENED : length);
  }

  /** The consumer claimed the slot at the end, so that no publisher can. */
  void putSealed(long sequence) {
    entries[(int) sequence & mask] = (char) SEALED;
  }

  /**
   * Has the cache lines of these entries come from the publishers' cores all at the same time, in
   * place of one after the other as they are needed.
   */
  void fetch(long first, long count) {
    for (long sequence = first; sequence < first + count; sequence += ENTRIES_PER_CACHE_LINE) {
      // Acquire, or the compiler would leave out a load that nobody uses.
      char unused = (char) ENTRIES.getAcquire(entries, (int) sequence & mask);
    }
  }

  /** The whole entry, for the functions below. */
  int get(long sequence) {
    return entries[(int) sequence & mask];
  }

  /** Length of the record in bytes; 0 if there is none. */
  static int length(int entry) {
    return entry & LENGTH;
  }

  static boolean isListened(int entry) {
    return (entry & LISTENED) != 0;
  }

  static boolean isSealed(int entry) {
    return entry == (char) SEALED;
  }
}
