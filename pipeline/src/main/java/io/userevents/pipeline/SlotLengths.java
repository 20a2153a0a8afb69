// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Length of the record in each slot, and whether somebody asks for its outcome:
 *
 * <pre>
 *   31          30         29 .. 0
 *  +-----------+----------+-------------------------------------------+
 *  | sealed    | listened | length in bytes; 0: no complete record    |
 *  +-----------+----------+-------------------------------------------+
 * </pre>
 *
 * <p>16 of them share a cache line, which thus changes its owner once for many records when the
 * consumer lags a little; in objects of their own it would be once for each record.
 *
 * <p>Plain reads and writes: a publisher writes between claiming and publishing its sequence, the
 * consumer reads between the barrier and freeing it, and the ring orders these.
 */
final class SlotLengths {

  private static final int LISTENED = 1 << 30;
  private static final int SEALED = 1 << 31;
  private static final int LENGTH = LISTENED - 1;

  private final int[] entries;
  private final int mask;

  SlotLengths(int ringSlots) {
    entries = new int[ringSlots];
    mask = ringSlots - 1;
  }

  /** The record's length; 0 if it was never completed. */
  void put(long sequence, int length, boolean listened) {
    entries[(int) sequence & mask] = listened ? length | LISTENED : length;
  }

  /** The consumer claimed the slot at the end, so that no publisher can. */
  void putSealed(long sequence) {
    entries[(int) sequence & mask] = SEALED;
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
    return entry == SEALED;
  }
}
