// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * Takes the errors that the consumer cannot handle, and passes them to the application's {@link
 * ErrorHandler} or to the log. Any thread may call the methods. They never throw: the consumer goes
 * on after every error, and an error is only counted if there is no memory to report it.
 */
final class ConsumerErrors {

  private final @Nullable ErrorHandler handler;
  private final Throttle failures = new Throttle();
  private final AtomicLong unreported = new AtomicLong();

  /**
   * Creates a receiver of errors.
   *
   * @param handler handler of the application; null for the log
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

  /** Reports how many errors were not reported. Call this last. */
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
