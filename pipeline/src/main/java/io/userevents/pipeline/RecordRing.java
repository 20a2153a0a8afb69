// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import io.userevents.internal.memory.MemoryException;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A ring that joins Disruptor's ring with the memory and the state of its slots.
 *
 * <p>Disruptor's sequencer hands out the slots, and its {@link Sequence} is the gate: the consumer
 * moves it past the slots that may be claimed again. {@link SlotEntries} says whether a slot is
 * published and how long its record is, so the consumer needs one load for both.
 *
 * <p>A slot belongs to the publisher that claimed it until it is published, then to the consumer
 * until the gate has passed it. The methods that take a sequence are for its owner, unless they say
 * otherwise.
 *
 * <p>The consumer {@linkplain #allocate allocates} the memory and then opens {@link Admission}. No
 * thread claims a slot before that, so publishers see the memory.
 */
final class RecordRing {

  /** Stands for a sequence: there was no slot. */
  static final long NONE = -1;

  private final WakeUp wakeUp;
  private final RingBuffer<Slot> ring;
  private final Sequence gate = new Sequence();
  private final SlotRegion region;
  private final SlotEntries entries;

  RecordRing(int slots, int maxRecordLength, WakeUp wakeUp) {
    this.wakeUp = wakeUp;
    region = new SlotRegion(slots, maxRecordLength);
    entries = new SlotEntries(slots);
    // No thread uses the wait strategy, because the consumer reads the entries.
    ring = RingBuffer.createMultiProducer(Slot::new, slots, new BusySpinWaitStrategy());
    ring.addGatingSequences(gate);
  }

  /**
   * Claims slots of a small ring and discards it, so that a Disruptor that lacks a method is found
   * when a pipeline is built and not when a record is published.
   *
   * @throws LinkageError if Disruptor lacks a method
   */
  static void link() {
    RecordRing ring = new RecordRing(2, 1, new WakeUp(2, false));
    Publisher publisher = new Publisher(Thread.currentThread());
    if (ring.tryClaim(publisher, 2, 0) == NONE) {
      throw new IllegalStateException("an empty ring has no slots");
    }
  }

  /**
   * Allocates the memory, unless it is allocated. Only the consumer calls this.
   *
   * @throws MemoryException if the machine has no memory
   */
  void allocate() throws MemoryException {
    region.allocate();
  }

  /**
   * Returns the memory of all records; it is empty before it is allocated and after it is freed.
   */
  DirectBuffer memory() {
    return region.buffer();
  }

  int slots() {
    return ring.getBufferSize();
  }

  /** Returns how many slots are free at this moment. Any thread may call this. */
  int freeSlots() {
    return (int) Math.max(0, Math.min(slots(), ring.remainingCapacity()));
  }

  /**
   * Claims slots, if this many would be left free. It checks first, because an exception is
   * expensive. A refusal stores only to the publisher's memory, unless it ends a long sleep of the
   * consumer. Any thread may call this.
   *
   * @param count number of slots, 1 to all of the ring
   * @return the sequence of the last slot, or {@link #NONE}
   */
  long tryClaim(Publisher publisher, int count, int reservedSlots) {
    if (!hasRoom(publisher, count + reservedSlots)) {
      wakeUp.noRoom();
      return NONE;
    }
    publisher.claimedSlots = count;
    try {
      long last = ring.tryNext(count);
      // No call comes before these stores; the slots would be lost if the stack overflowed.
      publisher.claimed = last;
      publisher.accepted += count;
      return last;
    } catch (InsufficientCapacityException e) {
      // Others were faster.
      return NONE;
    }
  }

  /**
   * Returns whether this many slots are free. It reads the gate, which the consumer moves, only if
   * the value that the publisher saw last leaves no room. Disruptor's own method would store to
   * memory that publishers share, for each refused record.
   */
  private boolean hasRoom(Publisher publisher, int count) {
    long wrapPoint = ring.getCursor() + count - slots();
    if (wrapPoint <= publisher.seenGate) {
      return true;
    }
    long seen = gate.get();
    publisher.seenGate = seen;
    return wrapPoint <= seen;
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
    note(sequence, listener, tag);
    region.put(sequence, buffer, offset, length);
    publish(publisher, sequence, length, listener != null);
  }

  /** Notes the listener for the outcome of the record in a claimed slot. */
  void note(long sequence, @Nullable OutcomeListener listener, long tag) {
    if (listener != null) {
      Slot slot = ring.get(sequence);
      slot.listener = listener;
      slot.tag = tag;
    }
  }

  /** Makes the view show these bytes of a claimed slot only. */
  void view(long sequence, int length, UnsafeBuffer view) {
    region.view(sequence, length, view);
  }

  /** Returns the offset of the record's first byte in the memory of all records. */
  int offset(long sequence) {
    return region.offset(sequence);
  }

  /**
   * Hands the first slot that the publisher holds to the consumer.
   *
   * @param length length of the record in bytes, or 0 if there is none
   */
  void publish(Publisher publisher, long sequence, int length, boolean listened) {
    entries.publish(sequence, length, listened);
    // No call comes before these stores, for the same reason.
    if (sequence == publisher.claimed) {
      publisher.claimed = NONE;
    } else {
      publisher.claimedSlots--;
    }
    wakeUp.published(sequence);
  }

  /** Returns the last slot that was claimed; -1 if there was none. Any thread may call this. */
  long lastClaimed() {
    return ring.getCursor();
  }

  /** Returns whether the slot is claimed or published. Any thread may call this. */
  boolean isClaimed(long sequence) {
    return ring.getCursor() >= sequence;
  }

  /**
   * Returns whether the slot that the consumer takes next is published. Any thread may call this.
   */
  boolean isPublished(long sequence) {
    return entries.isPublished(sequence);
  }

  /**
   * Returns the last slot that may be claimed again, in the next round. Any thread may call this.
   */
  long freed() {
    return gate.get();
  }

  /**
   * Frees the slots up to this one, which may then be claimed again. Only the consumer calls this.
   */
  void free(long sequence) {
    gate.set(sequence);
  }

  /**
   * Claims and publishes all free slots for good, because no others are freed. The consumer calls
   * this at the end.
   */
  void seal() {
    while (ring.hasAvailableCapacity(1)) {
      try {
        entries.publishSealed(ring.tryNext());
      } catch (InsufficientCapacityException e) {
        // Others were faster.
      }
    }
  }

  Slot slot(long sequence) {
    return ring.get(sequence);
  }

  SlotEntries entries() {
    return entries;
  }

  /** Frees the memory; no thread may hold a slot any more. */
  void freeMemory() {
    region.free();
  }
}
