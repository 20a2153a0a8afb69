// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * Prevents a repeated failure from filling the log. The first failure is logged, then one a minute
 * with the number of failures in between; failures after the last line are logged at the end. Any
 * thread may call the methods.
 *
 * <p>The callers have already met a failure, so the methods never throw. A failure that cannot be
 * noted because memory is short is counted.
 */
final class Throttle {

  static final long INTERVAL_NS = TimeUnit.MINUTES.toNanos(1);

  /**
   * The time of the last line, the number of failures since, and the last failure that was not
   * logged. It is replaced as a whole.
   */
  private record State(long loggedNs, long unlogged, Level level, String message) {}

  private final AtomicReference<@Nullable State> state = new AtomicReference<>();

  /** Failures that could not be noted since the last line. */
  private final AtomicLong unnoted = new AtomicLong();

  private volatile Level lastLevel = Level.WARNING;
  private volatile String lastMessage = "";

  void log(Level level, String message, Throwable failure) {
    log(level, message, failure, System.nanoTime());
  }

  void log(Level level, String message, Throwable failure, long nowNs) {
    try {
      note(level, message, failure, nowNs);
    } catch (Throwable e) {
      lastLevel = level;
      lastMessage = message;
      unnoted.incrementAndGet();
    }
  }

  private void note(Level level, String message, Throwable failure, long nowNs) {
    while (true) {
      State seen = state.get();
      if (seen != null && nowNs - seen.loggedNs < INTERVAL_NS) {
        if (state.compareAndSet(
            seen, new State(seen.loggedNs, seen.unlogged + 1, level, message))) {
          return;
        }
      } else if (state.compareAndSet(seen, new State(nowNs, 0, level, message))) {
        long unlogged = (seen == null ? 0 : seen.unlogged) + unnoted.getAndSet(0);
        String more = unlogged == 0 ? "" : " (and " + unlogged + " times since the last line)";
        SafeLog.log(level, message + more, failure);
        return;
      }
    }
  }

  /**
   * Logs the number of failures since the last line, if there are any. Call this when no more
   * failures are expected; a later one is logged as before.
   */
  void complete() {
    long more = unnoted.getAndSet(0);
    while (true) {
      State seen = state.get();
      long unlogged = (seen == null ? 0 : seen.unlogged) + more;
      if (unlogged == 0) {
        return;
      }
      Level level = seen == null ? lastLevel : seen.level;
      String message = seen == null ? lastMessage : seen.message;
      long loggedNs = seen == null ? System.nanoTime() : seen.loggedNs;
      if (state.compareAndSet(seen, new State(loggedNs, 0, level, message))) {
        SafeLog.log(
            level, message + " (" + unlogged + " times since the last line, until the end)", null);
        return;
      }
    }
  }
}
