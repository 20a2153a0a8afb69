// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * A listener that receives the outcome of records. One listener may serve many records, which their
 * tags tell apart.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface OutcomeListener {

  /**
   * Receives the outcome of a record. The pipeline calls this exactly once for each record that was
   * published with this listener. If the ring did not take the record, the call comes on the
   * publishing thread before {@code publish} returns. Otherwise it comes on the consumer's thread.
   * The method must not block. If it throws, the pipeline logs this and continues.
   *
   * @param tag the tag that the publisher passed with the record
   * @param outcome the outcome of the record
   * @param errno number of the error if the outcome is {@link Outcome#DROPPED_ERROR}, otherwise 0
   */
  void onOutcome(long tag, Outcome outcome, int errno);
}
