// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Decides what happens to a record that finds no slot in the ring. {@link BackPressurePolicies} has
 * those that most services need; {@code docs/back-pressure.md} works out another one.
 *
 * <p>One policy may serve many pipelines. It is called by all publishing threads at once, so it is
 * thread-safe. It may wait, which then is what {@code publish} does; the pipeline itself does not
 * wait between attempts. What it throws is treated as {@link Decision#DROP}, counted, and logged
 * once.
 *
 * <p>It is not asked on the consumer's own thread (an {@link OutcomeListener} that publishes),
 * which would wait for itself: there the record is dropped.
 */
@FunctionalInterface
public interface BackPressurePolicy {

  /** What to do with the record. */
  enum Decision {
    /** Ask for a slot again, now. */
    RETRY,
    /** Give the record up: it is counted as {@link Outcome#DROPPED_FULL}. */
    DROP
  }

  /**
   * Called on the publishing thread each time that a slot was asked for in vain, until a slot is
   * found, the policy drops the record, the listener detaches, or the pipeline is closed. So a
   * policy that waits returns every now and then. The first retry wakes the consumer if it sleeps,
   * which is a system call.
   *
   * @param pressure the situation; valid during this call
   */
  Decision onBackPressure(BackPressure pressure);

  /**
   * How many slots a record of this priority has to leave free: those are for more important ones.
   * Called for every record, so it must be cheap. Several threads that publish at the same moment
   * may take a few slots more.
   *
   * @param priority what the caller gave with the record; 0 if it gave none
   * @param ringSlots number of the ring's slots
   * @return 0 by default; from {@code ringSlots} on, every record of this priority is under back
   *     pressure; negative counts as 0
   */
  default int reservedSlots(int priority, int ringSlots) {
    return 0;
  }
}
