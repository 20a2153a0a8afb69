// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
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

  /** Layout of the counters: padding, accepted, records by outcome, bytes by outcome, padding. */
  private static final int ACCEPTED = CACHE_LINE_LONGS;

  private static final int RECORDS = ACCEPTED + 1;
  private static final int BYTES = RECORDS + OUTCOMES;
  private static final int LENGTH = BYTES + OUTCOMES + CACHE_LINE_LONGS;

  private static final VarHandle COUNTERS = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] counters = new long[LENGTH];

  /** The slot that the owner is copying a record into, for the consumer should that take long. */
  private final AtomicLong copyingTo = new AtomicLong(RecordRing.NONE);

  private final Thread owner;

  /** How many of the owner's records were in the ring when its last burst ended. Owner's. */
  private long acceptedAtBurstEnd;

  private @Nullable BackPressure pressure;

  /** Null until the thread claims for the first time. Written by the owner only. */
  private volatile @Nullable RecordClaim claim;

  Publisher(Thread owner) {
    this.owner = owner;
  }

  /** Owner: a record was taken into the ring. To be called before its slot is published. */
  void accepted() {
    add(ACCEPTED, 1);
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

  /** Owner: begins to fill a slot, whose listener is noted already. */
  void copying(long sequence) {
    copyingTo.setRelease(sequence);
  }

  /** Any thread: whether the owner is or was last copying into this slot. */
  boolean isCopyingTo(long sequence) {
    return copyingTo.getAcquire() == sequence;
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
      known = new RecordClaim(ring);
      claim = known;
    }
    return known;
  }

  /** Owner: gives up a claim that was left open, by an exception for example. */
  void abortOpenClaim() {
    RecordClaim known = claim;
    if (known != null && known.isOpen()) {
      known.abort();
    }
  }

  /** Any thread: the claim, if there ever was one. */
  @Nullable RecordClaim claimOrNull() {
    return claim;
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
