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
 * Prevents warnings of one kind from filling the log. The first is logged at once, then at most one
 * line a minute, with the number of events since the line before. {@link #complete} logs the rest,
 * so that no event is left out.
 *
 * <p>Log handlers are code of the application: their exceptions end neither an export nor the
 * thread that logs. Any thread may call any method; none throws.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class ThrottledLog {

  private static final long INTERVAL_NS = TimeUnit.MINUTES.toNanos(1);

  /**
   * The events that no line has reported yet. It is replaced as a whole, so that no event is
   * counted without a line to report it.
   */
  private record Unreported(LongFunction<String> line, @Nullable Throwable cause, long count) {}

  /**
   * The line of a failure. It is no lambda: the JVM would link that at the first failure, and if
   * memory is short then, it fails at all later ones.
   */
  private record Message(String text) implements LongFunction<String> {

    @Override
    public String apply(long count) {
      return count == 1 ? text : text + " (the last of " + count + " failures)";
    }
  }

  private final Logger logger;

  /** Whether log handlers run on the thread of the log instead of the one that logs. */
  private final boolean isInBackground;

  private final AtomicLong nextNs = new AtomicLong(System.nanoTime());
  private final AtomicReference<@Nullable Unreported> unreported = new AtomicReference<>();

  /** The events that could not be noted, because memory or the stack was short. */
  private final AtomicLong unnoted = new AtomicLong();

  /**
   * Creates a log whose handlers run on the calling thread.
   *
   * @param logger the logger of the lines
   */
  public ThrottledLog(Logger logger) {
    this(logger, /* isInBackground= */ false);
  }

  private ThrottledLog(Logger logger, boolean isInBackground) {
    this.logger = logger;
    this.isInBackground = isInBackground;
  }

  /**
   * Returns a log for threads that must not wait for a log handler, such as those that publish. Its
   * lines are queued.
   *
   * @param logger the logger of the lines
   * @return the log
   */
  public static ThrottledLog inBackground(Logger logger) {
    return new ThrottledLog(logger, /* isInBackground= */ true);
  }

  /**
   * Warns of a failure that the same line describes each time. The line gets the number of
   * failures.
   *
   * @param message the line
   * @param cause the exception to log with it, or null
   */
  public void warn(String message, @Nullable Throwable cause) {
    try {
      note(new Message(message), cause, System.nanoTime());
    } catch (Throwable e) {
      unnoted.incrementAndGet();
    }
  }

  /**
   * Warns of an event.
   *
   * @param line makes the line from the number of events that it stands for, 1 or more; called only
   *     if the line is logged
   * @param cause the exception to log with it, or null
   * @param nowNs the time by {@link System#nanoTime}
   */
  public void warn(LongFunction<String> line, @Nullable Throwable cause, long nowNs) {
    try {
      note(line, cause, nowNs);
    } catch (Throwable e) {
      unnoted.incrementAndGet();
    }
  }

  private void note(LongFunction<String> line, @Nullable Throwable cause, long nowNs) {
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

  /** Logs the events that no line has reported yet, if there are any. */
  public void complete() {
    Unreported events = unreported.getAndSet(null);
    long count = unnoted.getAndSet(0) + (events == null ? 0 : events.count);
    if (count == 0) {
      return;
    }
    try {
      String message = events == null ? describe(count) : describe(events.line, count);
      Throwable cause = events == null ? null : events.cause;
      if (isInBackground) {
        BackgroundLog.log(logger, Level.WARNING, message, cause);
      } else {
        log(logger, Level.WARNING, message, cause);
      }
    } catch (Throwable e) {
      unnoted.addAndGet(count);
    }
  }

  /**
   * Logs without a limit, for events that happen once.
   *
   * @param logger the logger of the line
   * @param level the level of the line
   * @param message the line
   * @param cause the exception to log with it, or null
   */
  public static void log(Logger logger, Level level, String message, @Nullable Throwable cause) {
    try {
      // Without this name, each line would say that it comes from this class.
      logger.logp(level, logger.getName(), null, message, cause);
    } catch (Throwable e) {
      // The log itself is broken, and there is no other place to report this.
    }
  }

  private static String describe(long count) {
    return count + " failures that could not be described, because memory or the stack was short";
  }

  private static String describe(LongFunction<String> line, long count) {
    try {
      return line.apply(count);
    } catch (Throwable e) {
      return count + " failures, of which the last cannot be described: " + e.getClass();
    }
  }
}
