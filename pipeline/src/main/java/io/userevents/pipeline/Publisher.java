// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the counters and the claim of one publishing thread, and what its policy is told. No other
 * thread writes to the counters, so counting costs no atomic operation.
 *
 * <p>The pipeline keeps it, and the thread refers to it weakly: it refers to the ring, and its
 * class to its class loader, neither of which a thread that lives on may keep.
 *
 * <p>Most threads of a pipeline may publish once, so it is small: 152 bytes with a JVM that
 * compresses references, and 200 more for a thread that has had a record refused. The counters that
 * each record changes follow the padding, so that two publishers that lie side by side have theirs
 * in different cache lines.
 */
final class Publisher extends PublisherPadding {

  private static final int CACHE_LINE_LONGS = 8;
  private static final int OUTCOMES = Outcome.values().length;

  /** Layout of the refusals: padding, records by outcome, bytes by outcome. */
  private static final int RECORDS = CACHE_LINE_LONGS;

  private static final int BYTES = RECORDS + OUTCOMES;
  private static final int LENGTH = BYTES + OUTCOMES;

  private static final VarHandle REFUSALS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle ACCEPTED;
  private static final VarHandle CLAIMED;
  private static final VarHandle LEFT_STATE;
  private static final VarHandle DETACHED_RECORDS;
  private static final VarHandle DETACHED_BYTES;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      ACCEPTED = lookup.findVarHandle(Publisher.class, "accepted", long.class);
      CLAIMED = lookup.findVarHandle(Publisher.class, "claimed", long.class);
      DETACHED_RECORDS = lookup.findVarHandle(Publisher.class, "detachedRecords", long.class);
      DETACHED_BYTES = lookup.findVarHandle(Publisher.class, "detachedBytes", long.class);
      LEFT_STATE = lookup.findVarHandle(Publisher.class, "left", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** In {@link #left}: the owner holds no slots, or will publish those that it holds. */
  static final int NOT_LEFT = 0;

  /** In {@link #left}: nobody will publish the slots that the owner holds. */
  static final int LEFT = 1;

  /** In {@link #left}: one thread gives these slots up. */
  private static final int TAKEN = 2;

  /**
   * Records that were taken into the ring. {@link RecordRing} adds to it before a slot is
   * published, which orders the plain store for those who see the record's outcome.
   */
  long accepted;

  /**
   * The last of the slots that the owner has claimed and not published; {@link RecordRing#NONE} if
   * there are none. {@link RecordRing} stores it in the method that claims, before it calls
   * anything, so a thread whose stack overflows between claiming and publishing leaves a trace of
   * its claim. Stored by the owner only; the consumer reads it to say who holds up the ring, or
   * after the owner has ended.
   */
  long claimed = RecordRing.NONE;

  /** The gate of the ring as the owner saw it last; it only moves on. Owner's. */
  long seenGate = RecordRing.NONE;

  /** How many slots they are, that one and those before it. */
  int claimedSlots;

  /**
   * Whether an error has ended a call of the owner while it held slots. The owner stores {@link
   * #LEFT} and calls nothing, as its stack may be at its end. Then the consumer or the next call of
   * the owner gives the slots up, so a thread that does not publish again holds up nobody.
   */
  volatile int left = NOT_LEFT;

  /** Records that were refused because no listener was attached, and their bytes. Owner's. */
  private long detachedRecords;

  private long detachedBytes;

  /** How many of the owner's records were in the ring when its last burst ended. Owner's. */
  private long acceptedAtBurstEnd;

  private @Nullable BackPressure pressure;

  /** Null until the thread claims for the first time. Owner's. */
  private @Nullable RecordClaim claim;

  /**
   * Records that were refused for other reasons. Null until the first one. Written by the owner
   * only.
   */
  private volatile long @Nullable [] refusals;

  Publisher(Thread owner) {
    super(owner);
  }

  /**
   * Owner: a record was not taken into the ring as no listener is attached. This is all that a
   * record costs then, so the counters are fields.
   */
  void refusedDetached(int length) {
    DETACHED_RECORDS.setRelease(this, detachedRecords + 1);
    DETACHED_BYTES.setRelease(this, detachedBytes + length);
  }

  /** Owner: a record was not taken into the ring. */
  void refused(Outcome outcome, int length) {
    if (outcome == Outcome.DROPPED_DETACHED) {
      refusedDetached(length);
      return;
    }
    long[] counts = refusals;
    if (counts == null) {
      counts = new long[LENGTH];
      refusals = counts;
    }
    add(counts, RECORDS + outcome.ordinal(), 1);
    add(counts, BYTES + outcome.ordinal(), length);
  }

  /** Owner: ends a burst, and says how many records were taken into the ring since the last one. */
  long endBurst() {
    long burst = accepted - acceptedAtBurstEnd;
    acceptedAtBurstEnd = accepted;
    return burst;
  }

  /** Owner: the object that this thread's policy is told with. */
  BackPressure pressure(RecordRing ring, Tracepoint tracepoint) {
    BackPressure known = pressure;
    if (known == null) {
      known = new BackPressure(ring, tracepoint);
      pressure = known;
    }
    return known;
  }

  /** Owner: the thread's claim, open or not. */
  RecordClaim claim(RecordRing ring) {
    RecordClaim known = claim;
    if (known == null) {
      known = new RecordClaim(ring, this, PublishResult.DETACHED);
      claim = known;
    }
    return known;
  }

  /** Owner, before it offers a record: whether {@link #settleClaim} has to be called first. */
  boolean mayHoldSlots() {
    return claimed != RecordRing.NONE || left != NOT_LEFT;
  }

  /**
   * Owner, before it offers a record: gives up slots that an error has left.
   *
   * @throws IllegalStateException if a claim is open, which is the caller's fault
   */
  void settleClaim(SlotEntries entries) {
    settleLeft(entries);
    RecordClaim known = claim;
    if (known != null && known.isOpen()) {
      throw new IllegalStateException(
          "this thread holds an open claim: commit or abort it before the next record, best with"
              + " try-with-resources: sequence="
              + claimed);
    }
    publishEmpty(entries);
  }

  /** Owner: gives up the slots that it holds, also those of an open claim. */
  void abandon(SlotEntries entries) {
    settleLeft(entries);
    publishEmpty(entries);
  }

  /**
   * Consumer: gives up slots that nobody will publish, because an error has left them or their
   * owner has ended.
   *
   * @return whether the owner has ended and held any
   */
  boolean abandonUnowned(SlotEntries entries) {
    if (left != NOT_LEFT) {
      var unused = abandonLeft(entries);
      return false;
    }
    if (owner().isAlive() || !holdsSlots()) {
      return false;
    }
    publishEmpty(entries);
    return true;
  }

  /** Owner: waits for the consumer if that gives the slots up, which takes some stores. */
  private void settleLeft(SlotEntries entries) {
    while (left != NOT_LEFT && !abandonLeft(entries)) {
      Thread.onSpinWait();
    }
  }

  /** Owner or consumer, of which one wins. Returns whether it was this thread. */
  private boolean abandonLeft(SlotEntries entries) {
    if (!LEFT_STATE.compareAndSet(this, LEFT, TAKEN)) {
      return false;
    }
    int next = LEFT;
    try {
      publishEmpty(entries);
      next = NOT_LEFT;
    } finally {
      // The owner's stack may overflow once more.
      left = next;
    }
    return true;
  }

  /** Slot by slot, so that it can be ended by an error and begun again. */
  private void publishEmpty(SlotEntries entries) {
    while (claimed != RecordRing.NONE) {
      // The listener may be noted already; a slot without one has null.
      entries.publish(claimed - claimedSlots + 1, 0, true);
      // Nothing is called before these: the slot may be somebody else's soon.
      if (claimedSlots == 1) {
        claimed = RecordRing.NONE;
      } else {
        claimedSlots--;
      }
    }
  }

  /** Any thread: whether the owner holds this slot. */
  boolean holds(long sequence) {
    long last = (long) CLAIMED.getAcquire(this);
    return last != RecordRing.NONE && sequence <= last && sequence > last - claimedSlots;
  }

  /** Any thread: whether the owner holds any slot. */
  boolean holdsSlots() {
    return (long) CLAIMED.getAcquire(this) != RecordRing.NONE;
  }

  /**
   * Any thread: whether the counters are final, as the owner has ended and left no claim open. What
   * a thread did happened before it is seen to have ended (Java Language Specification, 17.4.4).
   */
  boolean hasEnded() {
    return !owner().isAlive() && !holdsSlots();
  }

  Thread owner() {
    return thread();
  }

  /** Any thread: adds this thread's counters to the sums. */
  void addTo(PublisherSums sums) {
    sums.accepted += (long) ACCEPTED.getAcquire(this);
    int detached = Outcome.DROPPED_DETACHED.ordinal();
    sums.records[detached] += (long) DETACHED_RECORDS.getAcquire(this);
    sums.bytes[detached] += (long) DETACHED_BYTES.getAcquire(this);
    long[] counts = refusals;
    if (counts == null) {
      return;
    }
    for (int i = 0; i < OUTCOMES; i++) {
      sums.records[i] += (long) REFUSALS.getAcquire(counts, RECORDS + i);
      sums.bytes[i] += (long) REFUSALS.getAcquire(counts, BYTES + i);
    }
  }

  /** A single writer needs no atomic addition, only that readers see a whole and recent value. */
  private static void add(long[] counts, int index, long amount) {
    REFUSALS.setRelease(counts, index, counts[index] + amount);
  }
}
