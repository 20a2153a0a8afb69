// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.logging.Level;

/** Calls listeners so that what they throw stops neither a publisher nor the consumer. */
final class OutcomeListeners {

  private OutcomeListeners() {}

  static void call(OutcomeListener listener, long tag, Outcome outcome, int errno) {
    try {
      listener.onOutcome(tag, outcome, errno);
    } catch (Throwable e) {
      // The class, since a listener that fails may fail to say its own name too.
      SafeLog.log(
          Level.WARNING, "outcome listener failed: listener=" + listener.getClass().getName(), e);
    }
  }
}
