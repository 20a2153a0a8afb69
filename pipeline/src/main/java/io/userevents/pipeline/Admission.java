// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a record gets a slot, for which its publisher may wait until a deadline and for
 * as long as the policy says. All methods may be called by any thread.
 */
final class Admission {

  /** In place of a sequence: the record is dropped, and the policy not asked again. */
  private static final long POLICY_FAILED = -2;

  /** In place of a sequence: the pipeline was closed while a record waited. */
  private static final long CLOSED_MEANWHILE = -3;

  /** In place of a sequence: the listener has detached while a record waited. */
  private static final long DETACHED_MEANWHILE = -4;

  /** The ring has no memory yet: no record is taken. */
  private static final int NEW = 0;

  private static final int OPEN = 1;

  /** For good. */
  private static final int CLOSED = 2;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Admission.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final RecordRing ring;
  private final WakeUp wakeUp;
  private final Tracepoint tracepoint;
  private final CheckedPolicy policy;

  /** Otherwise it need not be asked: that saves the look at the clock. */
  private final boolean policyMayWait;

  /** Otherwise the policy need not be asked for each record. */
  private final boolean policyReserves;

  private final int maxRecordLength;

  /**
   * {@link #NEW}, {@link #OPEN} or {@link #CLOSED}. The consumer opens it after it has allocated
   * the ring's memory, and a publisher that sees it open sees the memory.
   */
  private volatile int state = NEW;

  /** Of the consumer; null until it has begun. */
  private volatile @Nullable Thread consumer;

  Admission(
      RecordRing ring,
      WakeUp wakeUp,
      Tracepoint tracepoint,
      CheckedPolicy policy,
      int maxRecordLength) {
    this.ring = ring;
    this.wakeUp = wakeUp;
    this.tracepoint = tracepoint;
    this.policy = policy;
    policyMayWait = policy.mayWait();
    policyReserves = policy.mayReserve();
    this.maxRecordLength = maxRecordLength;
  }

  /** The thread that frees slots, which therefore never waits for one. */
  void consumer(Thread thread) {
    consumer = thread;
  }

  /** Consumer: takes records from now on, as the ring has its memory, unless it was closed. */
  void open() {
    STATE.compareAndSet(this, NEW, OPEN);
  }

  /** Refuses all that is offered from now on. */
  void close() {
    state = CLOSED;
  }

  /** Whether records are taken: the ring has its memory, and the pipeline was not closed. */
  boolean isOpen() {
    return state == OPEN;
  }

  boolean isClosed() {
    return state == CLOSED;
  }

  boolean isConsumer(Thread thread) {
    return thread == consumer;
  }

  /** Whether a record is longer than any slot. */
  boolean isTooLong(int length) {
    return length > maxRecordLength;
  }

  /** Why a record is refused by a pipeline that is not open. */
  PublishResult unopenedRefusal(int length) {
    if (isClosed()) {
      return PublishResult.CLOSED;
    }
    return isTooLong(length) ? PublishResult.TOO_LARGE : PublishResult.DETACHED;
  }

  /** Why a record is refused whether or not the ring has room; null if it is not. */
  @Nullable PublishResult refusal(boolean attached, int length) {
    if (isTooLong(length)) {
      return PublishResult.TOO_LARGE;
    }
    return attached ? null : PublishResult.DETACHED;
  }

  /**
   * Claims slots for records, waiting until a deadline, if there is one, and then for as long as
   * the policy says. It was {@linkplain #isOpen() seen to be open}, a listener is attached, and no
   * record is too long.
   *
   * @param count of records, all of which are taken or none
   * @param length of the longest of them, in bytes
   * @param waits whether there is a deadline
   * @param deadlineNs by {@link System#nanoTime}
   * @return the sequence of the last slot, or why there is none, see {@link #resultOf}
   */
  long claim(
      Publisher publisher, int count, int length, int priority, boolean waits, long deadlineNs) {
    long sequence = tryClaim(publisher, count, priority);
    if (sequence == RecordRing.NONE && waits) {
      sequence = awaitSlot(publisher, count, priority, deadlineNs);
    }
    return policyMayWait && sequence == RecordRing.NONE
        ? claimUnderPressure(publisher, count, length, priority)
        : sequence;
  }

  /** Why there was no slot, by what {@link #claim} has returned in place of a sequence. */
  PublishResult resultOf(long sequence) {
    if (sequence == DETACHED_MEANWHILE) {
      return PublishResult.DETACHED;
    }
    // A closed pipeline fills its ring for good.
    return sequence == CLOSED_MEANWHILE || isClosed() ? PublishResult.CLOSED : PublishResult.FULL;
  }

  /** To be called when the pipeline has ended: says how often the policy has failed unsaid. */
  void completeReports() {
    policy.completeReports();
  }

  /**
   * Waits for a slot until the deadline.
   *
   * @return its sequence, {@link RecordRing#NONE} if the policy decides on the record, or why it is
   *     refused
   */
  private long awaitSlot(Publisher publisher, int count, int priority, long deadlineNs) {
    // The consumer would wait for itself.
    if (isConsumer(Thread.currentThread())) {
      return RecordRing.NONE;
    }
    // It may have gone to sleep before the burst that filled the ring.
    wakeUp.now();
    for (long attempts = 1; ; attempts++) {
      long leftNs = deadlineNs - System.nanoTime();
      if (leftNs <= 0 || !SlotWait.pause(attempts, leftNs)) {
        return RecordRing.NONE;
      }
      long sequence = tryClaimAgain(publisher, count, priority);
      if (sequence != RecordRing.NONE) {
        return sequence;
      }
    }
  }

  private long claimUnderPressure(Publisher publisher, int count, int length, int priority) {
    // The consumer would wait for itself.
    if (isConsumer(Thread.currentThread())) {
      return RecordRing.NONE;
    }
    BackPressure pressure = publisher.pressure(ring, tracepoint);
    long startNs = System.nanoTime();
    long waitedNs = 0;
    for (long attempts = 1; ; attempts++) {
      if (!policy.retries(publisher, pressure.set(attempts, waitedNs, length, priority))) {
        return RecordRing.NONE;
      }
      long sequence = tryClaimAgain(publisher, count, priority);
      if (sequence != RecordRing.NONE) {
        return sequence;
      }
      if (attempts == 1) {
        // It may have gone to sleep before the burst that filled the ring.
        wakeUp.now();
      }
      waitedNs = System.nanoTime() - startNs;
    }
  }

  /** Claims after a wait, unless there is nothing left to wait for. */
  private long tryClaimAgain(Publisher publisher, int count, int priority) {
    // Before the look at closed: closing detaches as well, and is the cause to be told.
    boolean attached = tracepoint.isEnabled();
    if (isClosed()) {
      return CLOSED_MEANWHILE;
    }
    return attached ? tryClaim(publisher, count, priority) : DETACHED_MEANWHILE;
  }

  private long tryClaim(Publisher publisher, int count, int priority) {
    int reserved = 0;
    if (policyReserves) {
      reserved = policy.reservedSlots(publisher, priority);
      if (reserved == CheckedPolicy.FAILED) {
        return POLICY_FAILED;
      }
    }
    return ring.tryClaim(publisher, count, reserved);
  }
}
