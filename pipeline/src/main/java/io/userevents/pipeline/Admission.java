// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a record gets a slot. Its publisher may wait for the slot until a deadline, and
 * then for as long as the policy says. Any thread may call all methods.
 */
final class Admission {

  /** Stands for a sequence: the record is dropped, and the policy is not called again. */
  private static final long POLICY_FAILED = -2;

  /** Stands for a sequence: the pipeline was closed while a record waited. */
  private static final long CLOSED_MEANWHILE = -3;

  /** Stands for a sequence: the listener detached while a record waited. */
  private static final long DETACHED_MEANWHILE = -4;

  /** The ring has no memory yet: no record is taken. */
  private static final int NEW = 0;

  private static final int OPEN = 1;

  /** The pipeline is closed for good. */
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

  /** Whether the policy may wait. If not, it is not called, which saves reading the clock. */
  private final boolean policyMayWait;

  /** Whether the policy may reserve slots. If not, it is not called for each record. */
  private final boolean policyReserves;

  private final int maxRecordLength;

  /**
   * {@link #NEW}, {@link #OPEN} or {@link #CLOSED}. The consumer opens it after it has allocated
   * the ring's memory, and a publisher that sees it open sees the memory.
   */
  private volatile int state = NEW;

  /** The consumer's thread; null until it has begun. */
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

  /** Sets the thread that frees slots, which therefore never waits for one. */
  void consumer(Thread thread) {
    consumer = thread;
  }

  /**
   * Takes records from now on, because the ring has its memory, unless it was closed. Only the
   * consumer calls this.
   */
  void open() {
    STATE.compareAndSet(this, NEW, OPEN);
  }

  /** Refuses all records from now on. */
  void close() {
    state = CLOSED;
  }

  /**
   * Returns whether records are taken: the ring has its memory, and the pipeline was not closed.
   */
  boolean isOpen() {
    return state == OPEN;
  }

  boolean isClosed() {
    return state == CLOSED;
  }

  boolean isConsumer(Thread thread) {
    return thread == consumer;
  }

  /** Returns whether a record is longer than any slot. */
  boolean isTooLong(int length) {
    return length > maxRecordLength;
  }

  /** Returns why a pipeline that is not open refuses a record. */
  PublishResult unopenedRefusal(int length) {
    if (isClosed()) {
      return PublishResult.CLOSED;
    }
    return isTooLong(length) ? PublishResult.TOO_LARGE : PublishResult.DETACHED;
  }

  /** Returns why a record is refused even if the ring has room; null if it is not refused. */
  @Nullable PublishResult refusal(boolean attached, int length) {
    if (isTooLong(length)) {
      return PublishResult.TOO_LARGE;
    }
    return attached ? null : PublishResult.DETACHED;
  }

  /**
   * Claims slots for records. It waits until the deadline, if there is one, and then for as long as
   * the policy says. The caller has {@linkplain #isOpen() seen it open}, a listener is attached,
   * and no record is too long.
   *
   * @param count number of records, all of which are taken or none
   * @param length length of the longest record in bytes
   * @param waits whether there is a deadline
   * @param deadlineNs deadline by {@link System#nanoTime}
   * @return the sequence of the last slot, or a value that says why there is none; see {@link
   *     #resultOf}
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

  /** Returns why there was no slot, given the value that {@link #claim} returned. */
  PublishResult resultOf(long sequence) {
    if (sequence == DETACHED_MEANWHILE) {
      return PublishResult.DETACHED;
    }
    // A closed pipeline fills its ring for good.
    return sequence == CLOSED_MEANWHILE || isClosed() ? PublishResult.CLOSED : PublishResult.FULL;
  }

  /**
   * Reports how many failures of the policy were not logged. Call this when the pipeline has ended.
   */
  void completeReports() {
    policy.completeReports();
  }

  /**
   * Waits for a slot until the deadline.
   *
   * @return the sequence of the slot, {@link RecordRing#NONE} if the policy decides, or a value
   *     that says why the record is refused
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

  /** Claims again after a wait, unless the pipeline was closed or the listener detached. */
  private long tryClaimAgain(Publisher publisher, int count, int priority) {
    // This comes before the check for closed, because closing also detaches and is the cause to
    // report.
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
