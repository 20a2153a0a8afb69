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
 * Puts Disruptor's ring together with the memory and the state of its slots.
 *
 * <p>Disruptor's sequencer hands out the slots, and its {@link Sequence} is the gate: the consumer
 * moves it past the slots that may be claimed again. Whether a slot is published says {@link
 * SlotEntries}, with the record's length, so that the consumer needs one load for both.
 *
 * <p>A slot belongs to the publisher that claimed it until it is published, then to the consumer
 * until the gate has passed it. The methods that take a sequence are for its owner, unless they say
 * otherwise.
 *
 * <p>The memory is {@linkplain #allocate allocated} by the consumer. Nobody claims a slot before
 * {@link Admission} has been opened after that, which is how publishers come to see the memory.
 */
final class RecordRing {

  /** In place of a sequence: there was no slot. */
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
    // Nobody waits by the strategy: the consumer looks at the entries.
    ring = RingBuffer.createMultiProducer(Slot::new, slots, new BusySpinWaitStrategy());
    ring.addGatingSequences(gate);
  }

  /**
   * Claims slots of a small ring that is thrown away, so that a Disruptor that lacks a method is
   * found when a pipeline is built and not when a record is published.
   *
   * @throws LinkageError if it does
   */
  static void link() {
    RecordRing ring = new RecordRing(2, 1, new WakeUp(2, false));
    Publisher publisher = new Publisher(Thread.currentThread());
    if (ring.tryClaim(publisher, 2, 0) == NONE) {
      throw new IllegalStateException("an empty ring has no slots");
    }
  }

  /**
   * Consumer: allocates the memory, unless it has it.
   *
   * @throws MemoryException if the machine has none
   */
  void allocate() throws MemoryException {
    region.allocate();
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
   * Any thread: claims slots, if this many would be left free. Asks first, as an exception is
   * expensive. A refusal stores to no memory but the publisher's, unless it ends a long sleep of
   * the consumer.
   *
   * @param count of slots, 1 to all of the ring
   * @return the sequence of the last of them, or {@link #NONE}
   */
  long tryClaim(Publisher publisher, int count, int reservedSlots) {
    if (!hasRoom(publisher, count + reservedSlots)) {
      wakeUp.noRoom();
      return NONE;
    }
    publisher.claimedSlots = count;
    try {
      long last = ring.tryNext(count);
      // Nothing is called before these: the slots would be lost if the stack overflowed.
      publisher.claimed = last;
      publisher.accepted += count;
      return last;
    } catch (InsufficientCapacityException e) {
      // Others were faster.
      return NONE;
    }
  }

  /**
   * Whether so many slots are free. Looks at the gate, which the consumer moves, only if what the
   * publisher saw of it last does not answer; Disruptor's own method would store to memory that
   * publishers share for each record that is refused.
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
   * Hands the first slot that the publisher holds to the consumer.
   *
   * @param length of its record in bytes, or 0 if it has none
   */
  void publish(Publisher publisher, long sequence, int length, boolean listened) {
    entries.publish(sequence, length, listened);
    // Nothing is called before these, for the same reason.
    if (sequence == publisher.claimed) {
      publisher.claimed = NONE;
    } else {
      publisher.claimedSlots--;
    }
    wakeUp.published(sequence);
  }

  /** Any thread: the last slot that was claimed; -1 if there was none. */
  long lastClaimed() {
    return ring.getCursor();
  }

  /** Any thread: whether the slot is claimed or published. */
  boolean isClaimed(long sequence) {
    return ring.getCursor() >= sequence;
  }

  /** Any thread, of the slot that the consumer takes next: whether it is published. */
  boolean isPublished(long sequence) {
    return entries.isPublished(sequence);
  }

  /** Any thread: the last slot that may be claimed again, in the next round. */
  long freed() {
    return gate.get();
  }

  /** Consumer: the slots up to this one may be claimed again. */
  void free(long sequence) {
    gate.set(sequence);
  }

  /** Consumer, at the end: claims and publishes all free slots, for good as it frees no others. */
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

  /** Frees the memory; nobody may hold a slot any more. */
  void freeMemory() {
    region.free();
  }
}
