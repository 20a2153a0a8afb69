// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;

/**
 * Calls the application's {@link BackPressurePolicy} safely. If the policy throws, or leaves a
 * claim open, the record is dropped, the failure is counted, and the claim is given up. Any thread
 * may call the methods.
 */
final class CheckedPolicy {

  /** Stands for a number of reserved slots: the policy failed, so the record is dropped. */
  static final int FAILED = -1;

  private final BackPressurePolicy policy;
  private final RecordRing ring;
  private final Counters counters;
  private final AtomicBoolean failureLogged = new AtomicBoolean();

  CheckedPolicy(BackPressurePolicy policy, RecordRing ring, Counters counters) {
    this.policy = policy;
    this.ring = ring;
    this.counters = counters;
  }

  /** Returns whether the policy may wait. If not, it need not be called for a record. */
  boolean mayWait() {
    return !(policy instanceof DropAtOnce || policy instanceof DropByPriority);
  }

  /**
   * Returns whether the policy may reserve slots. If not, it need not be called before each claim.
   */
  boolean mayReserve() {
    return !(policy instanceof DropAtOnce
        || policy instanceof SpinThenDrop
        || policy instanceof WaitThenDrop);
  }

  /** Returns how many slots records of this priority leave free, or {@link #FAILED}. */
  int reservedSlots(Publisher publisher, int priority) {
    int reserved;
    try {
      reserved = policy.reservedSlots(priority, ring.slots());
    } catch (Throwable e) {
      failed(e);
      return FAILED;
    } finally {
      giveUpItsClaim(publisher);
    }
    return Math.max(0, Math.min(reserved, ring.slots()));
  }

  /** Returns whether to try again. The policy may wait before it answers. */
  boolean retries(Publisher publisher, BackPressure pressure) {
    try {
      return policy.onBackPressure(pressure) == BackPressurePolicy.Decision.RETRY;
    } catch (Throwable e) {
      failed(e);
      return false;
    } finally {
      giveUpItsClaim(publisher);
    }
  }

  /**
   * Reports how many failures of the policy were not logged. Call this when the pipeline has ended.
   */
  void completeReports() {
    long failures = counters.policyFailures();
    if (failures > 1) {
      SafeLog.log(
          Level.WARNING,
          "the back-pressure policy failed " + failures + " times in all, the first was logged",
          null);
    }
  }

  /** A policy may publish to the pipeline that asks it; a claim that it leaves open is lost. */
  private void giveUpItsClaim(Publisher publisher) {
    if (publisher.claimed != RecordRing.NONE) {
      publisher.abandon(ring.entries());
    }
  }

  private void failed(Throwable failure) {
    counters.policyFailed();
    if (failureLogged.compareAndSet(false, true)) {
      SafeLog.log(
          Level.WARNING,
          "the back-pressure policy failed, the record is dropped: correct it, it must not throw;"
              + " further failures are counted, not logged",
          failure);
    }
  }
}
