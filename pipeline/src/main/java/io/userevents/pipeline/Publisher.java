// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline keeps for one publishing thread: its counters, which no other thread writes to,
 * so that counting costs no atomic operation; its claim; and what its policy is told.
 *
 * <p>It must not refer to the pipeline, nor to anything that refers to {@link Publishers}: the
 * thread would then keep a pipeline that is closed and forgotten.
 */
final class Publisher {

  private static final int CACHE_LINE_LONGS = 8;
  private static final int OUTCOMES = Outcome.values().length;

  /**
   * Layout: padding, accepted, claimed, claimed slots, records by outcome, bytes by outcome,
   * padding.
   */
  static final int ACCEPTED = CACHE_LINE_LONGS;

  /**
   * The last of the slots that the owner has claimed and not published; {@link RecordRing#NONE} if
   * there are none. The method that claims stores it before it calls anything, so a thread whose
   * stack overflows between claiming and publishing leaves a trace of its claim. Stored by the
   * owner only; the consumer reads it to say who holds up the ring, or after the owner has ended.
   */
  static final int CLAIMED = ACCEPTED + 1;

  /** How many slots they are, that one and those before it. */
  static final int CLAIMED_SLOTS = CLAIMED + 1;

  private static final int RECORDS = CLAIMED_SLOTS + 1;
  private static final int BYTES = RECORDS + OUTCOMES;
  private static final int LENGTH = BYTES + OUTCOMES + CACHE_LINE_LONGS;

  private static final VarHandle COUNTERS = MethodHandles.arrayElementVarHandle(long[].class);

  /** Written by the owner only, by {@link RecordRing} without a method of this class. */
  final long[] counters = new long[LENGTH];

  private final Thread owner;

  /** How many of the owner's records were in the ring when its last burst ended. Owner's. */
  private long acceptedAtBurstEnd;

  private @Nullable BackPressure pressure;

  /** Null until the thread claims for the first time. */
  private @Nullable RecordClaim claim;

  Publisher(Thread owner) {
    this.owner = owner;
    counters[CLAIMED] = RecordRing.NONE;
  }

  /** Owner: a record was not taken into the ring. */
  void refused(Outcome outcome, int length) {
    add(RECORDS + outcome.ordinal(), 1);
    add(BYTES + outcome.ordinal(), length);
  }

  /** Owner: ends a burst, and says how many records were taken into the ring since the last one. */
  long endBurst() {
    long accepted = counters[ACCEPTED];
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

  /**
   * Owner, before it offers a record: a claim that is open is the caller's fault; a slot that is
   * claimed and belongs to no claim was left by an error, and is given up.
   *
   * @throws IllegalStateException if a claim is open
   */
  void requireNoClaim(SlotEntries entries) {
    if (claimed() == RecordRing.NONE) {
      return;
    }
    RecordClaim known = claim;
    if (known != null && known.isOpen()) {
      throw new IllegalStateException(
          "this thread holds an open claim: commit or abort it before the next record, best with"
              + " try-with-resources: sequence="
              + claimed());
    }
    abandon(entries);
  }

  /**
   * Owner, or the consumer once the owner has ended: gives up the slots that are claimed. Calls one
   * method, see {@link SlotEntries#abandon}.
   */
  void abandon(SlotEntries entries) {
    long last = counters[CLAIMED];
    if (last != RecordRing.NONE) {
      entries.abandon(last, counters[CLAIMED_SLOTS]);
      counters[CLAIMED] = RecordRing.NONE;
    }
  }

  /** Owner: the last slot that it has claimed and not published; or {@link RecordRing#NONE}. */
  long claimed() {
    return counters[CLAIMED];
  }

  /** Any thread: whether the owner holds this slot. */
  boolean holds(long sequence) {
    long last = (long) COUNTERS.getAcquire(counters, CLAIMED);
    long slots = (long) COUNTERS.getAcquire(counters, CLAIMED_SLOTS);
    return last != RecordRing.NONE && sequence <= last && sequence > last - slots;
  }

  Thread owner() {
    return owner;
  }

  /** Any thread: adds this thread's counters to the sums. */
  void addTo(PublisherSums sums) {
    sums.accepted += (long) COUNTERS.getAcquire(counters, ACCEPTED);
    for (int i = 0; i < OUTCOMES; i++) {
      sums.records[i] += (long) COUNTERS.getAcquire(counters, RECORDS + i);
      sums.bytes[i] += (long) COUNTERS.getAcquire(counters, BYTES + i);
    }
  }

  /** A single writer needs no atomic addition, only that readers see a whole and recent value. */
  private void add(int index, long amount) {
    COUNTERS.setRelease(counters, index, counters[index] + amount);
  }
}
