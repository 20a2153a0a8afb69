// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what fails again and again from filling the log: the first failure is logged, then one a
 * minute, with the number of those in between; those after the last line are logged at the end. Any
 * thread.
 */
final class Throttle {

  static final long INTERVAL_NS = TimeUnit.MINUTES.toNanos(1);

  /**
   * When something was logged last, how often it was not since, and what was not logged last.
   * Replaced as a whole.
   */
  private record State(long loggedNs, long unlogged, Level level, String message) {}

  private final AtomicReference<@Nullable State> state = new AtomicReference<>();

  void log(Level level, String message, Throwable failure) {
    log(level, message, failure, System.nanoTime());
  }

  void log(Level level, String message, Throwable failure, long nowNs) {
    while (true) {
      State seen = state.get();
      if (seen != null && nowNs - seen.loggedNs < INTERVAL_NS) {
        if (state.compareAndSet(
            seen, new State(seen.loggedNs, seen.unlogged + 1, level, message))) {
          return;
        }
      } else if (state.compareAndSet(seen, new State(nowNs, 0, level, message))) {
        long unlogged = seen == null ? 0 : seen.unlogged;
        String more = unlogged == 0 ? "" : " (and " + unlogged + " times since the last line)";
        SafeLog.log(level, message + more, failure);
        return;
      }
    }
  }

  /**
   * Logs how often it has failed since the last line, if it has. To be called when nothing more is
   * expected; if something comes all the same, it is logged as before.
   */
  void complete() {
    while (true) {
      State seen = state.get();
      if (seen == null || seen.unlogged == 0) {
        return;
      }
      if (state.compareAndSet(seen, new State(seen.loggedNs, 0, seen.level, seen.message))) {
        SafeLog.log(
            seen.level,
            seen.message + " (" + seen.unlogged + " times since the last line, until the end)",
            null);
        return;
      }
    }
  }
}
