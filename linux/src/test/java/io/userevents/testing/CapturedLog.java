// SPDX-License-Identifier: Apache-2.0
package io.userevents.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.log.BackgroundLog;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Keeps what a class logs, in place of printing it, until it is closed. */
public final class CapturedLog extends Handler implements AutoCloseable {

  private final Logger logger;
  private final boolean useParentHandlers;
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  /** Captures the logger that is named like the class. */
  public CapturedLog(Class<?> owner) {
    logger = Logger.getLogger(owner.getName());
    useParentHandlers = logger.getUseParentHandlers();
    logger.setUseParentHandlers(false);
    logger.addHandler(this);
  }

  /** Returns the formatted messages at this level, without stack traces. Waits for queued lines. */
  public List<String> messages(Level level) {
    awaitQueued();
    SimpleFormatter formatter = new SimpleFormatter();
    return records.stream()
        .filter(record -> record.getLevel().equals(level))
        .map(formatter::formatMessage)
        .toList();
  }

  /** Returns the messages at WARNING. */
  public List<String> warnings() {
    return messages(Level.WARNING);
  }

  /** Waits until the handlers have got the lines that are queued, unless a handler hangs. */
  public static void awaitQueued() {
    assertThat(BackgroundLog.await(TimeUnit.SECONDS.toNanos(60)))
        .as("queued log lines are written")
        .isTrue();
  }

  @Override
  public void publish(LogRecord record) {
    records.add(record);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    // A line that is still queued would reach the console, or the log of the next test.
    boolean unused = BackgroundLog.await(TimeUnit.SECONDS.toNanos(60));
    logger.removeHandler(this);
    logger.setUseParentHandlers(useParentHandlers);
  }
}
