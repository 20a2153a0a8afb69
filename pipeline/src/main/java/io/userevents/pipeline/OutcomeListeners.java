// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Calls listeners so that what they throw stops neither a publisher nor the consumer. */
final class OutcomeListeners {

  private static final Logger LOGGER = Logger.getLogger(RecordPipeline.class.getName());

  private OutcomeListeners() {}

  static void call(OutcomeListener listener, long tag, Outcome outcome, int errno) {
    try {
      listener.onOutcome(tag, outcome, errno);
    } catch (Throwable e) {
      LOGGER.log(Level.WARNING, "outcome listener failed: listener=" + listener, e);
    }
  }
}
