// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Is told the outcome of records. One listener may serve many records, told apart by their tags.
 */
@FunctionalInterface
public interface OutcomeListener {

  /**
   * Called exactly once for each record that was published with this listener: on the publishing
   * thread, before {@code publish} returns, if the record was not taken into the ring; else on the
   * consumer's thread. It must not block. What it throws is logged and otherwise ignored.
   *
   * @param tag what the publisher gave with the record
   * @param outcome what became of the record
   * @param errno the error's number if the outcome is {@link Outcome#DROPPED_ERROR}, else 0
   */
  void onOutcome(long tag, Outcome outcome, int errno);
}
