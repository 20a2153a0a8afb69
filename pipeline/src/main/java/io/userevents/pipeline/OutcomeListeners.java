// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.logging.Level;

/**
 * Calls listeners, and ensures that an exception of a listener stops neither a publisher nor the
 * consumer.
 */
final class OutcomeListeners {

  private final Throttle failures = new Throttle();

  /**
   * Reports how many failures of listeners were not logged. Call this when the pipeline has ended.
   */
  void completeReports() {
    failures.complete();
  }

  /** Calls a listener. Never throws. */
  void call(OutcomeListener listener, long tag, Outcome outcome, int errno) {
    try {
      listener.onOutcome(tag, outcome, errno);
    } catch (Throwable e) {
      // The message does not name the listener: its toString may fail, and memory may be short.
      failures.log(Level.WARNING, "an outcome listener failed: correct it, it must not throw", e);
    }
  }
}
