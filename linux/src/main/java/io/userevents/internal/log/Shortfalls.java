// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.log;

import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Counts log lines that were lost, handlers that failed and threads that could not be started, and
 * writes a line about them after the lines that were queued before.
 */
final class Shortfalls {

  private final LineQueue queue;
  private final int capacity;
  private final String threadName;
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong unstarted = new AtomicLong();

  /** The logger of the line; null if there is nothing to report. */
  private volatile @Nullable Logger reporting;

  /** How many lines must be written before the report. */
  private volatile long reportAfter;

  /**
   * Creates counters that are zero.
   *
   * @param capacity capacity of the queue, for the line
   * @param threadName name of the writer's thread, for the line
   */
  Shortfalls(LineQueue queue, int capacity, String threadName) {
    this.queue = queue;
    this.capacity = capacity;
    this.threadName = threadName;
  }

  /** Counts a line that did not fit or could not be built. Any thread may call this. */
  void lineLost(Logger logger) {
    lost.incrementAndGet();
    report(logger);
  }

  /** Counts a handler that has thrown. Only the writer calls this. */
  void handlerFailed(@Nullable Logger logger) {
    failed.incrementAndGet();
    if (logger != null) {
      report(logger);
    }
  }

  /** Counts a writing thread that could not be started. Any thread may call this. */
  void threadNotStarted(Logger logger) {
    unstarted.incrementAndGet();
    report(logger);
  }

  /**
   * Hands the line to the handlers if there is something to report and it is its turn. Only the
   * writer calls this.
   */
  void write() {
    Logger logger = reporting;
    if (logger == null || !queue.hasWritten(reportAfter)) {
      return;
    }
    reporting = null;
    long lostLines = lost.getAndSet(0);
    long failures = failed.getAndSet(0);
    long delays = unstarted.getAndSet(0);
    if (lostLines == 0 && failures == 0 && delays == 0) {
      return;
    }
    try {
      LogRecord record =
          new LogRecord(
              Level.WARNING,
              "log lines are missing or late: lost="
                  + lostLines
                  + " (more than "
                  + capacity
                  + " waited for the log handlers, or memory was short), handlerFailures="
                  + failures
                  + ", threadsNotStarted="
                  + delays
                  + "; see in a thread dump where thread "
                  + threadName
                  + " stands, and correct the log handler that blocks or throws");
      record.setLoggerName(logger.getName());
      record.setSourceClassName(logger.getName());
      record.setSourceMethodName(null);
      logger.log(record);
    } catch (Throwable e) {
      // The next line reports them.
      lost.addAndGet(lostLines);
      failed.addAndGet(failures);
      unstarted.addAndGet(delays);
      reporting = logger;
    }
  }

  private void report(Logger logger) {
    if (reporting == null) {
      reportAfter = queue.added();
      reporting = logger;
    }
  }
}
