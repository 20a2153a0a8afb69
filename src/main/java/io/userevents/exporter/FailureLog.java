// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps failures that come again with each export from filling the log: one line a minute at most,
 * with the number of them. Handlers are the application's code: whatever one throws must break off
 * neither an export nor the reader. Any thread.
 */
final class FailureLog {

  private final Logger logger;
  private final OnceAMinute lines = new OnceAMinute();

  FailureLog(Logger logger) {
    this.logger = logger;
  }

  void warn(String message, @Nullable Throwable cause) {
    long count = lines.addAndTake(System.nanoTime());
    if (count > 0) {
      log(
          logger,
          Level.WARNING,
          count == 1 ? message : message + " (the last of " + count + " failures)",
          cause);
    }
  }

  /** Without a limit, for what happens once. */
  static void log(Logger logger, Level level, String message, @Nullable Throwable cause) {
    try {
      // Named by hand, or each line would say that it comes from here.
      logger.logp(level, logger.getName(), null, message, cause);
    } catch (Throwable e) {
      // The log itself is broken: there is nowhere left to say so.
    }
  }
}
