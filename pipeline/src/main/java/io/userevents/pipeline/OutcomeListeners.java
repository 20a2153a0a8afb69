// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.logging.Level;

/** Calls listeners so that nothing that they throw stops a publisher or the consumer. */
final class OutcomeListeners {

  private final Throttle failures = new Throttle();

  /** To be called when the pipeline has ended: says how often listeners have failed unsaid. */
  void completeReports() {
    failures.complete();
  }

  /** Never throws. */
  void call(OutcomeListener listener, long tag, Outcome outcome, int errno) {
    try {
      listener.onOutcome(tag, outcome, errno);
    } catch (Throwable e) {
      // Nothing of the listener in the message: it may fail to say its name, and memory may be
      // short.
      failures.log(Level.WARNING, "an outcome listener failed: correct it, it must not throw", e);
    }
  }
}
