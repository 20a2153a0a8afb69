// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Holds the state of each slot: the round of the ring in which it was published last, the length of
 * its record, and whether there is a listener for the outcome.
 *
 * <pre>
 *   31        16  15       14         13                           0
 *  +------------+--------+----------+------------------------------+
 *  | round      | sealed | listened | length in bytes; 0: no record|
 *  +------------+--------+----------+------------------------------+
 * </pre>
 *
 * <p>A slot is published when its entry has the round of the sequence. The consumer takes the slots
 * in order, so it can otherwise find only the round before, and 16 bits tell the two apart. So one
 * load says whether there is a record and how long it is.
 *
 * <p>16 entries share a cache line, which changes its owner once for many records when the consumer
 * lags a little.
 *
 * <p>Publishers store with release after they have written the record; the consumer loads with
 * acquire before it reads the record.
 */
final class SlotEntries {

  private static final int ROUND_SHIFT = 16;
  private static final int ROUND_MASK = -1 << ROUND_SHIFT;
  private static final int SEALED = 1 << 15;
  private static final int LISTENED = 1 << 14;
  private static final int LENGTH = LISTENED - 1;

  private static final VarHandle ENTRIES = MethodHandles.arrayElementVarHandle(int[].class);

  private final int[] entries;
  private final int mask;
  private final int indexBits;

  /** Creates entries of which none is published. */
  SlotEntries(int ringSlots) {
    entries = new int[ringSlots];
    mask = ringSlots - 1;
    indexBits = Integer.numberOfTrailingZeros(ringSlots);
    // This is the round before the first one.
    Arrays.fill(entries, round(-ringSlots));
  }

  /**
   * Publishes a claimed slot. Only its owner calls this.
   *
   * @param length length of the record in bytes; 0 if it was never completed
   */
  void publish(long sequence, int length, boolean listened) {
    ENTRIES.setRelease(
        entries, (int) sequence & mask, round(sequence) | (listened ? LISTENED | length : length));
  }

  /** Publishes a slot that no publisher can claim any more. The consumer calls this at the end. */
  void publishSealed(long sequence) {
    ENTRIES.setRelease(entries, (int) sequence & mask, round(sequence) | SEALED);
  }

  /** Returns the whole entry, for the functions below. */
  int get(long sequence) {
    return (int) ENTRIES.getAcquire(entries, (int) sequence & mask);
  }

  /** Returns whether the slot is published, by its entry. */
  boolean isPublished(int entry, long sequence) {
    return (entry & ROUND_MASK) == round(sequence);
  }

  /** Returns whether the slot is published. */
  boolean isPublished(long sequence) {
    return isPublished(get(sequence), sequence);
  }

  /** Returns the length of the record in bytes; 0 if there is none. */
  static int length(int entry) {
    return entry & LENGTH;
  }

  static boolean isListened(int entry) {
    return (entry & LISTENED) != 0;
  }

  static boolean isSealed(int entry) {
    return (entry & SEALED) != 0;
  }

  private int round(long sequence) {
    return (int) (sequence >> indexBits) << ROUND_SHIFT;
  }
}
