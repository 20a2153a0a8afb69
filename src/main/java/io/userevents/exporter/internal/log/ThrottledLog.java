// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.log;

import io.userevents.internal.log.BackgroundLog;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps warnings of one kind from filling the log: the first is logged at once, then one line a
 * minute at most, with the number of events since the line before. {@link #complete} logs the rest,
 * so that no event is left out.
 *
 * <p>Handlers are the application's code: an exception of theirs breaks off neither an export nor
 * the thread that logs. Any thread may call any method; none throws.
 */
public final class ThrottledLog {

  private static final long INTERVAL_NS = TimeUnit.MINUTES.toNanos(1);

  /**
   * The events that no line has told of yet. Replaced as a whole, so that none is counted without a
   * line to tell of it.
   */
  private record Unreported(LongFunction<String> line, @Nullable Throwable cause, long count) {}

  private final Logger logger;

  /** Whether log handlers run on the thread of the log in place of the one that logs. */
  private final boolean isInBackground;

  private final AtomicLong nextNs = new AtomicLong(System.nanoTime());
  private final AtomicReference<@Nullable Unreported> unreported = new AtomicReference<>();

  /** Makes one that has logged nothing yet. */
  public ThrottledLog(Logger logger) {
    this(logger, /* isInBackground= */ false);
  }

  private ThrottledLog(Logger logger, boolean isInBackground) {
    this.logger = logger;
    this.isInBackground = isInBackground;
  }

  /**
   * Makes one for threads that must not wait for a log handler, such as those that publish: its
   * lines are queued.
   */
  public static ThrottledLog inBackground(Logger logger) {
    return new ThrottledLog(logger, /* isInBackground= */ true);
  }

  /** A failure that the same line describes each time; the line gets the number of them. */
  public void warn(String message, @Nullable Throwable cause) {
    warn(
        count -> count == 1 ? message : message + " (the last of " + count + " failures)",
        cause,
        System.nanoTime());
  }

  /**
   * An event.
   *
   * @param line makes the line of the number of events that it stands for, 1 or more; called only
   *     if it is logged
   * @param nowNs by {@link System#nanoTime}
   */
  public void warn(LongFunction<String> line, @Nullable Throwable cause, long nowNs) {
    @Nullable Unreported seen;
    do {
      seen = unreported.get();
    } while (!unreported.compareAndSet(
        seen, new Unreported(line, cause, seen == null ? 1 : seen.count + 1)));
    long due = nextNs.get();
    if (nowNs - due >= 0 && nextNs.compareAndSet(due, nowNs + INTERVAL_NS)) {
      complete();
    }
  }

  /** Logs the events that no line has told of yet, if there are any. */
  public void complete() {
    Unreported events = unreported.getAndSet(null);
    if (events != null) {
      String message = describe(events.line, events.count);
      if (isInBackground) {
        BackgroundLog.log(logger, Level.WARNING, message, events.cause);
      } else {
        log(logger, Level.WARNING, message, events.cause);
      }
    }
  }

  /** Logs without a limit, for events that happen once. */
  public static void log(Logger logger, Level level, String message, @Nullable Throwable cause) {
    try {
      // Named by hand: otherwise each line would say that it comes from here.
      logger.logp(level, logger.getName(), null, message, cause);
    } catch (Throwable e) {
      // The log itself is broken: there is nowhere left to say so.
    }
  }

  private static String describe(LongFunction<String> line, long count) {
    try {
      return line.apply(count);
    } catch (Throwable e) {
      return count + " failures, of which the last cannot be described: " + e.getClass();
    }
  }
}
