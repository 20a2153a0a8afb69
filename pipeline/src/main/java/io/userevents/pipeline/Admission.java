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
   * Claims a slot for a record, waiting until a deadline, if there is one, and then for as long as
   * the policy says. It was {@linkplain #isOpen() seen to be open}.
   *
   * @param length at least 1
   * @param waits whether there is a deadline
   * @param deadlineNs by {@link System#nanoTime}
   * @return its sequence, or {@link RecordRing#NONE} if the record was refused
   */
  long claim(
      Publisher publisher,
      boolean attached,
      int length,
      int priority,
      @Nullable OutcomeListener listener,
      long tag,
      boolean waits,
      long deadlineNs) {
    publisher.abortOpenClaim();
    if (length > maxRecordLength) {
      return refuse(publisher, Outcome.DROPPED_TOO_LARGE, length, listener, tag);
    }
    if (!attached) {
      return refuse(publisher, Outcome.DROPPED_DETACHED, length, listener, tag);
    }
    long sequence = tryClaim(priority);
    if (sequence == RecordRing.NONE && waits) {
      sequence = awaitSlot(priority, deadlineNs);
    }
    if (sequence >= 0) {
      publisher.accepted();
      return sequence;
    }
    return policyMayWait && sequence == RecordRing.NONE
        ? claimUnderPressure(publisher, length, priority, listener, tag)
        : refuse(publisher, refusal(sequence), length, listener, tag);
  }

  /**
   * Waits for a slot until the deadline.
   *
   * @return its sequence, {@link RecordRing#NONE} if the policy decides on the record, or why it is
   *     refused
   */
  private long awaitSlot(int priority, long deadlineNs) {
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
      long sequence = tryClaim(priority);
      if (sequence != RecordRing.NONE) {
        return sequence;
      }
    }
  }

  private Outcome refusal(long sequence) {
    if (sequence == CLOSED_MEANWHILE) {
      return Outcome.DROPPED_CLOSED;
    }
    return sequence == DETACHED_MEANWHILE ? Outcome.DROPPED_DETACHED : full();
  }

  private long claimUnderPressure(
      Publisher publisher, int length, int priority, @Nullable OutcomeListener listener, long tag) {
    BackPressure pressure = publisher.pressure(ring, tracepoint);
    long startNs = System.nanoTime();
    long waitedNs = 0;
    for (long attempts = 1; ; attempts++) {
      boolean retry = retry(pressure.set(attempts, waitedNs, length, priority));
      // Before the look at closed: closing detaches as well, and is the cause to be told.
      boolean attached = tracepoint.isEnabled();
      Outcome refusal;
      if (!retry) {
        refusal = full();
      } else if (isClosed()) {
        refusal = Outcome.DROPPED_CLOSED;
      } else if (!attached) {
        refusal = Outcome.DROPPED_DETACHED;
      } else {
        long sequence = tryClaim(priority);
        if (sequence >= 0) {
          publisher.accepted();
          return sequence;
        }
        if (sequence == POLICY_FAILED) {
          return refuse(publisher, full(), length, listener, tag);
        }
        if (attempts == 1) {
          // It may have gone to sleep before the burst that filled the ring.
          wakeUp.now();
        }
        waitedNs = System.nanoTime() - startNs;
        continue;
      }
      return refuse(publisher, refusal, length, listener, tag);
    }
  }

  private long tryClaim(int priority) {
    int reserved;
    try {
      reserved = policy.reservedSlots(priority, ring.slots());
    } catch (Throwable e) {
      policyFailed(e);
      return POLICY_FAILED;
    }
    return ring.tryClaim(Math.max(0, Math.min(reserved, ring.slots())));
  }

  private boolean retry(BackPressure pressure) {
    // The consumer would wait for itself.
    if (isConsumer(Thread.currentThread())) {
      return false;
    }
    try {
      return policy.onBackPressure(pressure) == BackPressurePolicy.Decision.RETRY;
    } catch (Throwable e) {
      policyFailed(e);
      return false;
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

  /** A closed pipeline fills its ring for good. */
  private Outcome full() {
    return isClosed() ? Outcome.DROPPED_CLOSED : Outcome.DROPPED_FULL;
  }

  /**
   * Refuses a record of a pipeline that is not open, and keeps nothing of its publisher: nobody may
   * come to forget it.
   *
   * @return false
   */
  boolean refuseUnopened(int length, @Nullable OutcomeListener listener, long tag) {
    Outcome outcome = Outcome.DROPPED_DETACHED;
    if (isClosed()) {
      outcome = Outcome.DROPPED_CLOSED;
    } else if (length > maxRecordLength) {
      outcome = Outcome.DROPPED_TOO_LARGE;
    }
    counters.publishers().refusedUnopened(outcome, length);
    if (listener != null) {
      listeners.call(listener, tag, outcome, 0);
    }
    return false;
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

  private long refuse(
      Publisher publisher,
      Outcome outcome,
      int length,
      @Nullable OutcomeListener listener,
      long tag) {
    publisher.refused(outcome, length);
    if (listener != null) {
      listeners.call(listener, tag, outcome, 0);
    }
    return RecordRing.NONE;
  }
}
