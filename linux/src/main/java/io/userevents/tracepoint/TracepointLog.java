// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.log.BackgroundLog;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Queues the warnings of a tracepoint. It drops a line if there is no memory to build it. */
final class TracepointLog {

  private final Logger logger;

  TracepointLog(Logger logger) {
    this.logger = logger;
  }

  /**
   * Queues a line. Never throws, because the system calls that follow matter more than the line.
   */
  void warn(Supplier<String> line) {
    try {
      BackgroundLog.log(logger, Level.WARNING, line.get(), null);
    } catch (Throwable e) {
      // Memory is short, so the line is dropped.
    }
  }
}
