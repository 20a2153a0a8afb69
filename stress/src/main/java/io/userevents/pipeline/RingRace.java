// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * A ring of two slots that is used for several rounds. A publisher that will not publish has
 * claimed one slot, and the consumer gives it up.
 *
 * <p>Actors call {@link #publish} with a publisher each, and one calls {@link #consume}.
 */
final class RingRace {

  /**
   * The number of records, more than the ring has slots, so that the slot that was given up is
   * claimed again.
   */
  static final int RECORDS = 6;

  private static final int RING_SLOTS = 2;
  private static final int LENGTH = 8;

  private final Publishers publishers = new Publishers();
  private final RecordRing ring =
      new RecordRing(RING_SLOTS, LENGTH, new WakeUp(RING_SLOTS, /* wakesForEach= */ false));
  private final SlotEntries entries = ring.entries();
  private int records;
  private int empty;

  /** Makes a publisher that holds a slot, and whose thread is not alive. */
  Publisher endedWithSlot() {
    // This thread never starts, so it is not alive.
    return withSlot(new Thread(() -> {}));
  }

  /** Makes a publisher that an error has kept from publishing the slot that it holds. */
  Publisher leftWithSlot() {
    Publisher publisher = withSlot(Thread.currentThread());
    publisher.left = Publisher.LEFT;
    return publisher;
  }

  /** Makes a publisher that holds nothing. */
  Publisher publisher() {
    return publishers.add(Thread.currentThread());
  }

  private Publisher withSlot(Thread thread) {
    Publisher publisher = publishers.add(thread);
    if (ring.tryClaim(publisher, 1, 0) != 0) {
      throw new IllegalStateException("the ring is new");
    }
    return publisher;
  }

  /** An actor: publishes all records. */
  @SuppressWarnings("ThreadPriorityCheck") // The consumer may have no other processor.
  void publish(Publisher publisher) {
    for (int i = 0; i < RECORDS; i++) {
      if (publisher.mayHoldSlots()) {
        publisher.settleClaim(entries);
      }
      long sequence = ring.tryClaim(publisher, 1, 0);
      while (sequence < 0) {
        Thread.yield();
        sequence = ring.tryClaim(publisher, 1, 0);
      }
      ring.publish(publisher, sequence, LENGTH, /* listened= */ false);
    }
  }

  /** An actor: gives up the slot that is left, and takes it and all records. */
  @SuppressWarnings("ThreadPriorityCheck") // The publisher may have no other processor.
  void consume() {
    for (long next = 0; next <= RECORDS; ) {
      publishers.iterator().forEachRemaining(this::abandonUnowned);
      int entry = entries.get(next);
      if (!entries.isPublished(entry, next)) {
        Thread.yield();
        continue;
      }
      if (SlotEntries.length(entry) == 0) {
        empty++;
      } else {
        records++;
      }
      ring.free(next);
      next++;
    }
  }

  /** The arbiter: returns how many slots the consumer found with a record and without. */
  String taken() {
    return records + " records and " + empty + " empty";
  }

  private void abandonUnowned(Publisher publisher) {
    var unused = publisher.abandonUnowned(entries);
  }
}
