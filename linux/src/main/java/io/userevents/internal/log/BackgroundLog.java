// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.log;

import io.userevents.affinity.CpuAffinity;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Logs from threads that must not wait. Log handlers are the application's code: one that blocks,
 * throws, or publishes to the pipeline whose consumer logs, must stop neither a consumer nor a
 * publisher. So the calling thread puts a line into a bounded queue, and the thread {@code
 * user-events-log} hands the lines to the handlers in the order of the queue.
 *
 * <p>The thread starts with the first line and ends when none has come for {@value #IDLE_S} s, so a
 * JVM that logs nothing has no such thread, and the class loader of an application that is
 * redeployed is not kept for longer. It is a daemon without a context class loader and without
 * inherited thread-locals. If it cannot be started, the lines stay in the queue, and the next line
 * tries again.
 *
 * <p>The queue is a list from the newest line to the oldest. A thread adds a line by one
 * compare-and-set, so an {@link Error} at any point leaves the line out or in, and nothing in
 * between. The lines are numbered: the difference to the number of the last one that was written
 * bounds the queue.
 */
public final class BackgroundLog {

  static final String THREAD_NAME = "user-events-log";

  /** Lines that are not written yet, at most. */
  static final int CAPACITY = 256;

  static final int IDLE_S = 5;

  /** Between two looks of a thread that waits for lines to be written. */
  private static final long AWAIT_PERIOD_NS = 500_000;

  private static final AtomicReferenceFieldUpdater<BackgroundLog, Line> NEWEST =
      AtomicReferenceFieldUpdater.newUpdater(BackgroundLog.class, Line.class, "newest");

  private static final BackgroundLog SHARED =
      new BackgroundLog(BackgroundLog::makeThread, CAPACITY, TimeUnit.SECONDS.toNanos(IDLE_S));

  /** Reports where the thread could not be started, if nobody else was about to log. */
  private static final Logger OWN = Logger.getLogger(BackgroundLog.class.getName());

  /** A line of the queue. The newest one stays reachable, so its content is cleared. */
  private static final class Line {
    private @Nullable Logger logger;
    private @Nullable LogRecord record;
    private long number;

    /** The line before; the line after, once the line is taken from the queue. */
    private @Nullable Line neighbour;

    private Line(@Nullable Logger logger, @Nullable LogRecord record) {
      this.logger = logger;
      this.record = record;
    }

    private void clear() {
      logger = null;
      record = null;
      neighbour = null;
    }
  }

  private final ThreadFactory threads;
  private final int capacity;
  private final long idleNs;
  private volatile Line newest = new Line(null, null);

  /** The number of the last line that the handlers have got. Written by the writing thread. */
  private volatile long written;

  /** The number of the last line that was taken from the queue. Of the writing thread. */
  private long taken;

  /** The thread that writes, if there is one. */
  private final AtomicReference<@Nullable Thread> writer = new AtomicReference<>();

  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong unstarted = new AtomicLong();

  /** Tells of lost and late lines; null if there are none. */
  private volatile @Nullable Logger reporting;

  /** The number of the line after which it does. */
  private volatile long reportAfter;

  BackgroundLog(ThreadFactory threads, int capacity, long idleNs) {
    this.threads = threads;
    this.capacity = capacity;
    this.idleNs = idleNs;
  }

  /**
   * Any thread: queues a line. Never waits, never throws; takes no lock. A line whose level is off
   * costs one look at the logger. A line that does not fit is counted, and a later line says how
   * many did not.
   */
  public static void log(Logger logger, Level level, String message, @Nullable Throwable failure) {
    try {
      SHARED.add(logger, level, message, failure);
    } catch (Throwable e) {
      // It could not even be counted. Nothing is called here: the stack may be at its end.
    }
  }

  /**
   * Any thread: waits until the handlers have got all lines that are queued now, or the time is up.
   * An interrupt does not end the wait. On the writing thread it does not wait.
   *
   * @param maxNs in nanoseconds
   * @return whether the handlers have got them
   */
  public static boolean await(long maxNs) {
    return SHARED.awaitWritten(maxNs);
  }

  static Thread makeThread(Runnable loop) {
    Thread made = new Thread(null, loop, THREAD_NAME, 0, /* inheritThreadLocals= */ false);
    made.setDaemon(true);
    // The caller's would be kept from being unloaded.
    made.setContextClassLoader(null);
    return made;
  }

  void add(Logger logger, Level level, String message, @Nullable Throwable failure) {
    try {
      if (!logger.isLoggable(level)) {
        return;
      }
      LogRecord record = new LogRecord(level, message);
      record.setLoggerName(logger.getName());
      // Named by hand, or each line would say that it comes from here.
      record.setSourceClassName(logger.getName());
      record.setSourceMethodName(null);
      record.setThrown(failure);
      if (!push(new Line(logger, record))) {
        lost(logger);
      }
    } catch (Throwable e) {
      lost(logger);
    }
    wakeUp(logger);
  }

  boolean awaitWritten(long maxNs) {
    long target = newest.number;
    if (written - target >= 0) {
      return true;
    }
    if (Thread.currentThread() == writer.get()) {
      return false;
    }
    long startNs = System.nanoTime();
    boolean interrupted = false;
    try {
      while (written - target < 0) {
        if (System.nanoTime() - startNs >= maxNs || !isRunning(target)) {
          return written - target >= 0;
        }
        LockSupport.parkNanos(this, AWAIT_PERIOD_NS);
        interrupted |= Thread.interrupted();
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean isRunning(long target) {
    if (writer.get() == null && written - target < 0) {
      wakeUp(OWN);
    }
    return writer.get() != null;
  }

  private boolean push(Line line) {
    Line seen;
    do {
      seen = newest;
      if (seen.number - written >= capacity) {
        return false;
      }
      line.number = seen.number + 1;
      line.neighbour = seen;
    } while (!NEWEST.compareAndSet(this, seen, line));
    return true;
  }

  private void lost(Logger logger) {
    lost.incrementAndGet();
    report(logger);
  }

  /** Has the logger tell of it after the lines that are queued. */
  private void report(Logger logger) {
    if (reporting == null) {
      reportAfter = newest.number;
      reporting = logger;
    }
  }

  /** Has the thread look at the queue, and starts it if there is none. */
  private void wakeUp(Logger logger) {
    Thread running = writer.get();
    if (running != null) {
      LockSupport.unpark(running);
      return;
    }
    Thread made = null;
    try {
      made = threads.newThread(this::run);
      if (!writer.compareAndSet(null, made)) {
        // Another thread was faster. What it starts looks at the queue after this.
        return;
      }
      made.start();
    } catch (Throwable e) {
      unstarted.incrementAndGet();
      report(logger);
      if (made != null) {
        writer.compareAndSet(made, null);
      }
    }
  }

  private void run() {
    Thread self = Thread.currentThread();
    try {
      leavePinnedCpu();
      do {
        writeUntilIdle();
        writer.set(null);
        // Who has added a line before that has woken this thread, and started none.
      } while (newest.number != written && writer.compareAndSet(null, self));
    } finally {
      writer.compareAndSet(self, null);
    }
  }

  /** A consumer that is pinned may have started this thread, which has its CPU to begin with. */
  private static void leavePinnedCpu() {
    try {
      CpuAffinity.leavePinnedCpu();
    } catch (Throwable e) {
      // It writes the lines there.
    }
  }

  private void writeUntilIdle() {
    long idleSinceNs = System.nanoTime();
    while (true) {
      if (writeQueued()) {
        idleSinceNs = System.nanoTime();
      }
      long leftNs = idleNs - (System.nanoTime() - idleSinceNs);
      if (newest.number == written) {
        if (leftNs <= 0) {
          return;
        }
        LockSupport.parkNanos(this, leftNs);
      }
    }
  }

  /** Returns whether there was a line. */
  private boolean writeQueued() {
    Line line = takeAll();
    boolean any = line != null;
    while (line != null) {
      Line next = line.neighbour;
      write(line);
      writeReport();
      line = next;
    }
    return any;
  }

  /** Takes the lines from the queue and returns the oldest. */
  private @Nullable Line takeAll() {
    Line line = newest;
    Line oldest = null;
    long last = line.number;
    while (line != null && line.number - taken > 0) {
      Line before = line.neighbour;
      line.neighbour = oldest;
      oldest = line;
      line = before;
    }
    taken = last;
    return oldest;
  }

  private void write(Line line) {
    Logger logger = line.logger;
    LogRecord record = line.record;
    line.clear();
    try {
      if (logger != null && record != null) {
        logger.log(record);
      }
    } catch (Throwable e) {
      failed.incrementAndGet();
      if (logger != null) {
        report(logger);
      }
    } finally {
      written = line.number;
      // A handler may have left it set, and parking would return at once from then on.
      Thread.interrupted();
    }
  }

  /** Tells of lines that are missing or came late, to the handlers themselves. */
  private void writeReport() {
    Logger logger = reporting;
    if (logger == null || written - reportAfter < 0) {
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
                  + THREAD_NAME
                  + " stands, and correct the log handler that blocks or throws");
      record.setLoggerName(logger.getName());
      record.setSourceClassName(logger.getName());
      record.setSourceMethodName(null);
      logger.log(record);
    } catch (Throwable e) {
      // For the next time.
      lost.addAndGet(lostLines);
      failed.addAndGet(failures);
      unstarted.addAndGet(delays);
      reporting = logger;
    }
  }
}
