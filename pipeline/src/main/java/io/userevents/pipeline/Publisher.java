// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Holds the counters and the claim of one publishing thread, and the object for its policy. No
 * other thread writes to the counters, so counting costs no atomic operation.
 *
 * <p>The pipeline keeps the publisher, and the thread refers to it only weakly. The publisher
 * refers to the ring, and its class to its class loader; a thread that lives on must keep neither.
 *
 * <p>Most threads may publish only once, so a publisher is small: 152 bytes with a JVM that
 * compresses references, and 192 more for a thread that has had a record refused. The counters that
 * each record changes follow the padding, so that two adjacent publishers have their counters in
 * different cache lines.
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

  /** In {@link #left}: the owner holds no slots, or will publish the slots that it holds. */
  static final int NOT_LEFT = 0;

  /** In {@link #left}: no thread will publish the slots that the owner holds. */
  static final int LEFT = 1;

  /** In {@link #left}: one thread gives these slots up. */
  private static final int TAKEN = 2;

  /**
   * Records that were taken into the ring. {@link RecordRing} adds to it before a slot is
   * published, which orders the plain store for threads that see the record's outcome.
   */
  long accepted;

  /**
   * The last of the slots that the owner has claimed and not published; {@link RecordRing#NONE} if
   * there are none. {@link RecordRing} stores it in the method that claims, before it calls
   * anything, so a thread whose stack overflows between claiming and publishing leaves a trace of
   * its claim. Only the owner stores it. The consumer reads it to report which thread holds up the
   * ring, or after the owner has ended.
   */
  long claimed = RecordRing.NONE;

  /**
   * The gate of the ring as the owner saw it last; it only moves forward. Only the owner uses it.
   */
  long seenGate = RecordRing.NONE;

  /** The number of these slots: {@link #claimed} is the last of them. */
  int claimedSlots;

  /**
   * Whether an error has ended a call of the owner while it held slots. The owner stores {@link
   * #LEFT} and calls nothing, because its stack may be full. Then the consumer or the next call of
   * the owner gives the slots up, so a thread that does not publish again does not hold up the
   * ring.
   */
  volatile int left = NOT_LEFT;

  /**
   * Records that were refused because no listener was attached, and their bytes. Only the owner
   * writes them.
   */
  private long detachedRecords;

  private long detachedBytes;

  /**
   * How many records of the owner the ring had taken when its last burst ended. Only the owner uses
   * it.
   */
  private long acceptedAtBurstEnd;

  private @Nullable BackPressure pressure;

  /** The claim of the thread; null until its first claim. Only the owner uses it. */
  private @Nullable RecordClaim claim;

  /**
   * Records that were refused for other reasons; null until the first one. Only the owner writes
   * it.
   */
  private volatile long @Nullable [] refusals;

  Publisher(Thread owner) {
    super(owner);
  }

  /**
   * Counts a record that the ring did not take because no listener is attached. The counters are
   * fields, because this is the only cost of such a record. Only the owner calls this.
   */
  void refusedDetached(int length) {
    DETACHED_RECORDS.setRelease(this, detachedRecords + 1);
    DETACHED_BYTES.setRelease(this, detachedBytes + length);
  }

  /** Counts a record that the ring did not take. Only the owner calls this. */
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

  /**
   * Ends a burst, and returns how many records the ring has taken since the last one. Only the
   * owner calls this.
   */
  long endBurst() {
    long burst = accepted - acceptedAtBurstEnd;
    acceptedAtBurstEnd = accepted;
    return burst;
  }

  /** Returns the object that describes a record to the policy. Only the owner calls this. */
  BackPressure pressure(RecordRing ring, Tracepoint tracepoint) {
    BackPressure known = pressure;
    if (known == null) {
      known = new BackPressure(ring, tracepoint);
      pressure = known;
    }
    return known;
  }

  /** Returns the thread's claim, open or not. Only the owner calls this. */
  RecordClaim claim(RecordRing ring) {
    RecordClaim known = claim;
    if (known == null) {
      known = new RecordClaim(ring, this, PublishResult.DETACHED);
      claim = known;
    }
    return known;
  }

  /** Returns whether the owner must call {@link #settleClaim} before it offers a record. */
  boolean mayHoldSlots() {
    return claimed != RecordRing.NONE || left != NOT_LEFT;
  }

  /**
   * Gives up slots that an error has left. The owner calls this before it offers a record.
   *
   * @throws IllegalStateException if a claim is open, which is an error of the caller
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

  /**
   * Gives up the slots that the owner holds, including those of an open claim. Only the owner calls
   * this.
   */
  void abandon(SlotEntries entries) {
    settleLeft(entries);
    publishEmpty(entries);
  }

  /**
   * Gives up slots that no thread will publish, because an error has left them or their owner has
   * ended. Only the consumer calls this.
   *
   * @return whether the owner has ended and held slots
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

  /**
   * Gives up the slots that an error has left, or waits while the consumer does so, which takes a
   * few stores. Only the owner calls this.
   */
  private void settleLeft(SlotEntries entries) {
    while (left != NOT_LEFT && !abandonLeft(entries)) {
      Thread.onSpinWait();
    }
  }

  /**
   * Gives the slots up if this thread, the owner or the consumer, is the first. Returns whether it
   * was.
   */
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

  /**
   * Publishes the slots one by one as empty, so that an error can end this and it can begin again.
   */
  private void publishEmpty(SlotEntries entries) {
    while (claimed != RecordRing.NONE) {
      // The listener may already be noted; a slot without one has null.
      entries.publish(claimed - claimedSlots + 1, 0, true);
      // No call comes before these stores, because the slot may soon belong to another thread.
      if (claimedSlots == 1) {
        claimed = RecordRing.NONE;
      } else {
        claimedSlots--;
      }
    }
  }

  /** Returns whether the owner holds this slot. Any thread may call this. */
  boolean holds(long sequence) {
    long last = (long) CLAIMED.getAcquire(this);
    return last != RecordRing.NONE && sequence <= last && sequence > last - claimedSlots;
  }

  /** Returns whether the owner holds any slot. Any thread may call this. */
  boolean holdsSlots() {
    return (long) CLAIMED.getAcquire(this) != RecordRing.NONE;
  }

  /**
   * Returns whether the counters are final, because the owner has ended and left no claim open. All
   * actions of a thread happen before another thread sees that it has ended (Java Language
   * Specification, 17.4.4). Any thread may call this.
   */
  boolean hasEnded() {
    return !owner().isAlive() && !holdsSlots();
  }

  Thread owner() {
    return thread();
  }

  /** Adds this thread's counters to the sums. Any thread may call this. */
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

  /**
   * Adds without an atomic addition: there is a single writer, and readers need only a whole and
   * recent value.
   */
  private static void add(long[] counts, int index, long amount) {
    REFUSALS.setRelease(counts, index, counts[index] + amount);
  }
}
