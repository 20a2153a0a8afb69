// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.HashSet;
import java.util.Set;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * Logs each different message once, so that an action that is repeated for ever does not fill the
 * log. This class is not thread-safe.
 */
final class OnceLog {

  /**
   * The most messages, so that messages that vary without end fill neither the memory nor the log.
   */
  private static final int MAX_MESSAGES = 100;

  private final Set<String> logged = new HashSet<>();

  /** Logs the message, unless it was logged before or too many others were. */
  void log(Level level, String message, @Nullable Throwable failure) {
    if (logged.size() < MAX_MESSAGES && logged.add(message)) {
      SafeLog.log(level, message, failure);
    }
  }
}
