// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.log.BackgroundLog;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Queues the warnings of a tracepoint, and lets a line fall if there is no memory to make it. */
final class TracepointLog {

  private final Logger logger;

  TracepointLog(Logger logger) {
    this.logger = logger;
  }

  /** Never throws, as the system calls behind it matter more than the line. */
  void warn(Supplier<String> line) {
    try {
      BackgroundLog.log(logger, Level.WARNING, line.get(), null);
    } catch (Throwable e) {
      // Memory is short, and there is nobody left to tell.
    }
  }
}
