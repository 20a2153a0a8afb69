// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * Gives a record its slot, or refuses it: counted, and told to its listener. All methods may be
 * called by any thread.
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

  private final RecordRing ring;
  private final WakeUp wakeUp;
  private final Tracepoint tracepoint;
  private final OutcomeListeners listeners;
  private final BackPressurePolicy policy;

  /** Otherwise it need not be asked: that saves the look at the clock. */
  private final boolean policyMayWait;

  /** Otherwise the policy need not be asked for each record. */
  private final boolean policyReserves;

  private final int maxRecordLength;
  private final Counters counters;
  private final AtomicBoolean policyFailureLogged = new AtomicBoolean();

  /**
   * {@link #NEW}, {@link #OPEN} or {@link #CLOSED}. The consumer opens it after it has allocated
   * the ring's memory, and a publisher that sees it open sees the memory.
   */
  private final AtomicInteger state = new AtomicInteger(NEW);

  /** Of the consumer; null until it has begun. */
  private volatile @Nullable Thread consumer;

  Admission(
      RecordRing ring,
      WakeUp wakeUp,
      Tracepoint tracepoint,
      OutcomeListeners listeners,
      BackPressurePolicy policy,
      int maxRecordLength,
      Counters counters) {
    this.ring = ring;
    this.wakeUp = wakeUp;
    this.tracepoint = tracepoint;
    this.listeners = listeners;
    this.policy = policy;
    policyMayWait = !(policy instanceof DropAtOnce || policy instanceof DropByPriority);
    policyReserves =
        !(policy instanceof DropAtOnce
            || policy instanceof SpinThenDrop
            || policy instanceof WaitThenDrop);
    this.maxRecordLength = maxRecordLength;
    this.counters = counters;
  }

  /** The thread that frees slots, which therefore never waits for one. */
  void consumer(Thread thread) {
    consumer = thread;
  }

  /** Consumer: takes records from now on, as the ring has its memory, unless it was closed. */
  void open() {
    state.compareAndSet(NEW, OPEN);
  }

  /** Refuses all that is offered from now on. */
  void close() {
    state.set(CLOSED);
  }

  /** Whether records are taken: the ring has its memory, and the pipeline was not closed. */
  boolean isOpen() {
    return state.get() == OPEN;
  }

  boolean isClosed() {
    return state.get() == CLOSED;
  }

  boolean isConsumer(Thread thread) {
    return thread == consumer;
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
      // Before the look at closed: closing detaches as well, and is the cause to be told.
      boolean attached = tracepoint.isEnabled();
      if (isClosed()) {
        return CLOSED_MEANWHILE;
      }
      if (!attached) {
        return DETACHED_MEANWHILE;
      }
      long sequence = tryClaim(publisher, count, priority);
      if (sequence != RecordRing.NONE) {
        return sequence;
      }
    }
  }

  private long claimUnderPressure(Publisher publisher, int count, int length, int priority) {
    BackPressure pressure = publisher.pressure(ring, tracepoint);
    long startNs = System.nanoTime();
    long waitedNs = 0;
    for (long attempts = 1; ; attempts++) {
      boolean retry = retry(publisher, pressure.set(attempts, waitedNs, length, priority));
      // Before the look at closed: closing detaches as well, and is the cause to be told.
      boolean attached = tracepoint.isEnabled();
      if (!retry) {
        return RecordRing.NONE;
      }
      if (isClosed()) {
        return CLOSED_MEANWHILE;
      }
      if (!attached) {
        return DETACHED_MEANWHILE;
      }
      long sequence = tryClaim(publisher, count, priority);
      if (sequence >= 0) {
        return sequence;
      }
      if (sequence == POLICY_FAILED) {
        return sequence;
      }
      if (attempts == 1) {
        // It may have gone to sleep before the burst that filled the ring.
        wakeUp.now();
      }
      waitedNs = System.nanoTime() - startNs;
    }
  }

  private long tryClaim(Publisher publisher, int count, int priority) {
    int reserved = 0;
    if (policyReserves) {
      try {
        reserved = policy.reservedSlots(priority, ring.slots());
      } catch (Throwable e) {
        policyFailed(e);
        return POLICY_FAILED;
      } finally {
        giveUpClaimOfPolicy(publisher);
      }
      reserved = Math.max(0, Math.min(reserved, ring.slots()));
    }
    return ring.tryClaim(publisher, count, reserved);
  }

  private boolean retry(Publisher publisher, BackPressure pressure) {
    // The consumer would wait for itself.
    if (isConsumer(Thread.currentThread())) {
      return false;
    }
    try {
      return policy.onBackPressure(pressure) == BackPressurePolicy.Decision.RETRY;
    } catch (Throwable e) {
      policyFailed(e);
      return false;
    } finally {
      giveUpClaimOfPolicy(publisher);
    }
  }

  /** A policy may publish to the pipeline that asks it; a claim that it leaves open is lost. */
  private void giveUpClaimOfPolicy(Publisher publisher) {
    if (publisher.claimed != RecordRing.NONE) {
      publisher.abandon(ring.entries());
    }
  }

  private void policyFailed(Throwable failure) {
    counters.policyFailed();
    if (policyFailureLogged.compareAndSet(false, true)) {
      SafeLog.log(
          Level.WARNING,
          "the back-pressure policy failed, the record is dropped: correct it, it must not throw;"
              + " further failures are counted, not logged",
          failure);
    }
  }

  /**
   * Refuses a record of a pipeline that is not open, and keeps nothing of its publisher: nobody may
   * come to forget it.
   */
  PublishResult refuseUnopened(int length, @Nullable OutcomeListener listener, long tag) {
    PublishResult result = unopenedResult(length);
    refuseUnopened(result.refusal(), length, listener, tag);
    return result;
  }

  /** Refuses records like {@link #refuseUnopened}, all for the same reason. */
  PublishResult refuseAllUnopened(
      int[] lengths, int count, int longest, @Nullable OutcomeListener listener, long tag) {
    PublishResult result = unopenedResult(longest);
    Outcome outcome = result.refusal();
    for (int i = 0; i < count; i++) {
      refuseUnopened(outcome, lengths[i], listener, tag);
    }
    return result;
  }

  private PublishResult unopenedResult(int length) {
    if (isClosed()) {
      return PublishResult.CLOSED;
    }
    return length > maxRecordLength ? PublishResult.TOO_LARGE : PublishResult.DETACHED;
  }

  private void refuseUnopened(
      Outcome outcome, int length, @Nullable OutcomeListener listener, long tag) {
    counters.publishers().refusedUnopened(ring.entries(), outcome, length);
    reportSoon(outcome);
    if (listener != null) {
      listeners.call(listener, tag, outcome, 0);
    }
  }

  /** Why a record is refused whatever the ring has; null if it is not. */
  @Nullable PublishResult refusal(boolean attached, int length) {
    if (length > maxRecordLength) {
      return PublishResult.TOO_LARGE;
    }
    return attached ? null : PublishResult.DETACHED;
  }

  /** Counts records that are not taken, and tells their listener. */
  PublishResult refuseAll(
      Publisher publisher,
      int[] lengths,
      int count,
      PublishResult result,
      @Nullable OutcomeListener listener,
      long tag) {
    for (int i = 0; i < count; i++) {
      var unused = refuse(publisher, result, lengths[i], listener, tag);
    }
    return result;
  }

  /** Counts a record that is not taken, and tells its listener. */
  PublishResult refuse(
      Publisher publisher,
      PublishResult result,
      int length,
      @Nullable OutcomeListener listener,
      long tag) {
    Outcome outcome = result.refusal();
    publisher.refused(outcome, length);
    reportSoon(outcome);
    if (listener != null) {
      listeners.call(listener, tag, outcome, 0);
    }
    return result;
  }

  private void reportSoon(Outcome outcome) {
    if (outcome != Outcome.DROPPED_DETACHED) {
      counters.publishers().dropped();
    }
  }

  /** To be called when the pipeline has ended: says how often the policy has failed unsaid. */
  void completeReports() {
    long failures = counters.policyFailures();
    if (failures > 1) {
      SafeLog.log(
          Level.WARNING,
          "the back-pressure policy failed " + failures + " times in all, the first was logged",
          null);
    }
  }
}
