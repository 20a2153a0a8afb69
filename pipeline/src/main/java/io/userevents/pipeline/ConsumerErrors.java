// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * Takes the errors that the consumer cannot do anything about, and passes them to the application's
 * {@link ErrorHandler}, or to the log. Any thread. Never throws: the consumer goes on whatever
 * happens, and where there is no memory to say what, it counts.
 */
final class ConsumerErrors {

  private final @Nullable ErrorHandler handler;
  private final Throttle failures = new Throttle();
  private final AtomicLong unreported = new AtomicLong();

  /**
   * Makes one.
   *
   * @param handler null for the log
   */
  ConsumerErrors(@Nullable ErrorHandler handler) {
    this.handler = handler;
  }

  void onError(Throwable error) {
    try {
      if (handler != null) {
        handler.onError(error);
      } else {
        failures.log(
            Level.SEVERE, "the consumer met an error and goes on; please report it", error);
      }
    } catch (Throwable e) {
      unreported.incrementAndGet();
    }
  }

  /** To be called last: says how often it has failed unsaid. */
  void completeReports() {
    long count = unreported.getAndSet(0);
    if (count > 0) {
      SafeLog.log(
          Level.SEVERE,
          "the consumer met "
              + count
              + " errors that could not be reported: the error handler threw, or there was no memory",
          null);
    }
    failures.complete();
  }
}
