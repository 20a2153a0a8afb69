// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import io.userevents.internal.memory.MemoryException;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Disruptor's ring together with the memory of its records.
 *
 * <p>A slot belongs to the publisher that claimed it until it is published, then to the consumer
 * until that one's sequence has passed it. The methods that take a sequence are for its owner.
 *
 * <p>The memory is {@linkplain #allocate allocated} by the consumer. Nobody claims a slot before
 * {@link Admission} has been opened after that, which is how publishers come to see the memory.
 */
final class RecordRing {

  /** In place of a sequence: there was no slot. */
  static final long NONE = -1;

  /** Publishers see to it so often for each round of the ring that the consumer does not sleep. */
  private static final int NUDGES_PER_RING = 4;

  private final ConsumerWait wait;
  private final int nudgeMask;
  private final RingBuffer<Slot> ring;
  private final SlotRegion region;
  private final SlotLengths lengths;

  RecordRing(int slots, int maxRecordLength, ConsumerWait wait) {
    this.wait = wait;
    nudgeMask = Math.max(1, slots / NUDGES_PER_RING) - 1;
    region = new SlotRegion(slots, maxRecordLength);
    lengths = new SlotLengths(slots);
    ring = RingBuffer.createMultiProducer(Slot::new, slots, wait);
  }

  /**
   * Consumer: allocates the memory, unless it has it.
   *
   * @throws MemoryException if the machine has none
   */
  void allocate() throws MemoryException {
    region.allocate();
  }

  /** For the consumer and its processor. */
  RingBuffer<Slot> disruptor() {
    return ring;
  }

  /** The memory of all records; empty before it is allocated and after it is freed. */
  DirectBuffer memory() {
    return region.buffer();
  }

  int slots() {
    return ring.getBufferSize();
  }

  /** Any thread: slots that are free at this moment. */
  int freeSlots() {
    return (int) Math.max(0, Math.min(slots(), ring.remainingCapacity()));
  }

  /**
   * Any thread: claims a slot, if this many would be left free. Asks first, as an exception is
   * expensive.
   *
   * @return its sequence, or {@link #NONE}
   */
  long tryClaim(int reservedSlots) {
    if (!ring.hasAvailableCapacity(1 + reservedSlots)) {
      return NONE;
    }
    try {
      return ring.tryNext();
    } catch (InsufficientCapacityException e) {
      // Others were faster.
      return NONE;
    }
  }

  /** Copies a record into a claimed slot and publishes it. */
  void put(
      Publisher publisher,
      long sequence,
      DirectBuffer buffer,
      int offset,
      int length,
      @Nullable OutcomeListener listener,
      long tag) {
    boolean complete = false;
    try {
      note(sequence, listener, tag);
      publisher.copying(sequence);
      region.put(sequence, buffer, offset, length);
      complete = true;
    } finally {
      // Whatever happened, or the ring would stand still at this slot.
      publish(sequence, complete ? length : 0, listener != null);
    }
  }

  /** Notes who is to be told of the outcome of the record in a claimed slot. */
  void note(long sequence, @Nullable OutcomeListener listener, long tag) {
    if (listener != null) {
      Slot slot = ring.get(sequence);
      slot.listener = listener;
      slot.tag = tag;
    }
  }

  /** Has the view show these bytes of a claimed slot, and nothing else. */
  void view(long sequence, int length, UnsafeBuffer view) {
    region.view(sequence, length, view);
  }

  /** Of the record's first byte, in the memory of all records. */
  int offset(long sequence) {
    return region.offset(sequence);
  }

  /**
   * Hands a claimed slot to the consumer.
   *
   * @param length of its record in bytes, or 0 if it has none
   */
  void publish(long sequence, int length, boolean listened) {
    lengths.put(sequence, length, listened);
    ring.publish(sequence);
    if ((sequence & nudgeMask) == 0) {
      wait.nudge();
    }
  }

  /** Claims and publishes all free slots, for good if the caller has stopped freeing others. */
  void seal() {
    long sequence;
    while ((sequence = tryClaim(0)) != NONE) {
      lengths.putSealed(sequence);
      ring.publish(sequence);
    }
  }

  Slot slot(long sequence) {
    return ring.get(sequence);
  }

  SlotLengths lengths() {
    return lengths;
  }

  /** Frees the memory; nobody may hold a slot any more. */
  void free() {
    region.free();
  }
}
