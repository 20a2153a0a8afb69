// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Decides what happens to a record that finds no slot in the ring. {@link BackPressurePolicies} has
 * the policies that most services need; {@code docs/back-pressure.md} shows how to write another
 * one.
 *
 * <p>One policy may serve many pipelines. All publishing threads call it concurrently, so it must
 * be thread-safe. It may wait; {@code publish} then waits too. The pipeline itself does not wait
 * between attempts. If the policy throws, the pipeline handles this as {@link Decision#DROP},
 * counts it, and logs it once.
 *
 * <p>The pipeline does not call the policy on the consumer's own thread (an {@link OutcomeListener}
 * that publishes), because that thread would wait for itself. There the record is dropped.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface BackPressurePolicy {

  /**
   * The decision on a record.
   *
   * @since 0.1.0
   */
  enum Decision {
    /** Try to claim a slot again, now. */
    RETRY,
    /** Drop the record and count it as {@link Outcome#DROPPED_FULL}. */
    DROP
  }

  /**
   * Decides on a record that found no slot. The publishing thread calls this after each failed
   * attempt, until a slot is found, the policy drops the record, the listener detaches, or the
   * pipeline is closed. So a policy that waits must return from time to time. The first retry wakes
   * the consumer if it sleeps, which is a system call.
   *
   * @param pressure the record and the ring; valid only during this call
   * @return the decision; anything other than {@link Decision#RETRY} drops the record
   */
  Decision onBackPressure(BackPressure pressure);

  /**
   * Returns how many slots a record of this priority must leave free for more important records.
   * The pipeline calls this for every record, so it must be cheap. Several threads that publish at
   * the same moment may take a few slots more.
   *
   * @param priority the priority that the caller passed with the record; 0 if it passed none
   * @param ringSlots number of the ring's slots
   * @return the number of slots; 0 by default. With {@code ringSlots} or more, every record of this
   *     priority is under back pressure. A negative number counts as 0
   */
  default int reservedSlots(int priority, int ringSlots) {
    return 0;
  }
}
