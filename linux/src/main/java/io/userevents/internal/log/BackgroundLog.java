// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.log;

import io.userevents.affinity.CpuAffinity;
import io.userevents.internal.log.LineQueue.Line;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Logs for threads that must not wait. Log handlers are code of the application. A handler that
 * blocks, throws, or publishes to the pipeline whose consumer logs must stop neither a consumer nor
 * a publisher. So the calling thread puts a line into a bounded queue, and the thread {@code
 * user-events-log} hands the lines to the handlers in the order of the queue.
 *
 * <p>The thread starts with the first line and ends when none has come for {@value #IDLE_S} s, so a
 * JVM that logs nothing has no such thread, and the class loader of an application that is
 * redeployed is not kept for longer. It is a daemon without a context class loader and without
 * inherited thread-locals. If it cannot be started, the lines stay in the queue, and the next line
 * tries again.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class BackgroundLog {

  static final String THREAD_NAME = "user-events-log";

  /** The most lines that can wait to be written. */
  static final int CAPACITY = 256;

  static final int IDLE_S = 5;

  /** The time between two checks of a thread that waits for lines to be written. */
  private static final long AWAIT_PERIOD_NS = 500_000;

  private static final BackgroundLog SHARED =
      new BackgroundLog(BackgroundLog::makeThread, CAPACITY, TimeUnit.SECONDS.toNanos(IDLE_S));

  /**
   * The logger that reports a thread that could not be started, if no other logger was about to
   * log.
   */
  private static final Logger OWN = Logger.getLogger(BackgroundLog.class.getName());

  private final ThreadFactory threads;
  private final long idleNs;
  private final LineQueue queue;
  private final Shortfalls shortfalls;

  /** Made with the object, because the first line may come when memory is too short to link it. */
  private final Runnable loop = this::run;

  /** The thread that writes, if there is one. */
  private final AtomicReference<@Nullable Thread> writer = new AtomicReference<>();

  BackgroundLog(ThreadFactory threads, int capacity, long idleNs) {
    this.threads = threads;
    this.idleNs = idleNs;
    queue = new LineQueue(capacity);
    shortfalls = new Shortfalls(queue, capacity, THREAD_NAME);
  }

  /**
   * Queues a line. Any thread may call this; it never waits, never throws and takes no lock. A line
   * whose level is off costs one check of the logger. A line that does not fit is counted, and a
   * later line reports how many did not fit.
   *
   * @param logger the logger of the line
   * @param level the level of the line
   * @param message the text, which is not formatted
   * @param failure an exception to log with the line, or null
   */
  public static void log(Logger logger, Level level, String message, @Nullable Throwable failure) {
    try {
      SHARED.add(logger, level, message, failure);
    } catch (Throwable e) {
      // The line could not even be counted. Nothing is called here, because the stack may be full.
    }
  }

  /**
   * Waits until the handlers have received all lines that are queued now, or the time is up. Any
   * thread may call this; the writing thread does not wait. An interrupt does not end the wait.
   *
   * @param maxNs the longest wait in nanoseconds
   * @return whether the handlers have received the lines
   */
  public static boolean await(long maxNs) {
    return SHARED.awaitWritten(maxNs);
  }

  static Thread makeThread(Runnable loop) {
    Thread made = new Thread(null, loop, THREAD_NAME, 0, /* inheritThreadLocals= */ false);
    made.setDaemon(true);
    // The caller's class loader could otherwise not be unloaded.
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
      // Without this, each line would say that it comes from this class.
      record.setSourceClassName(logger.getName());
      record.setSourceMethodName(null);
      record.setThrown(failure);
      if (!queue.add(new Line(logger, record))) {
        shortfalls.lineLost(logger);
      }
    } catch (Throwable e) {
      shortfalls.lineLost(logger);
    }
    wakeUp(logger);
  }

  boolean awaitWritten(long maxNs) {
    long target = queue.added();
    if (queue.hasWritten(target)) {
      return true;
    }
    if (Thread.currentThread() == writer.get()) {
      return false;
    }
    long startNs = System.nanoTime();
    boolean interrupted = false;
    try {
      while (!queue.hasWritten(target)) {
        if (System.nanoTime() - startNs >= maxNs || !isRunning(target)) {
          return queue.hasWritten(target);
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
    if (writer.get() == null && !queue.hasWritten(target)) {
      wakeUp(OWN);
    }
    return writer.get() != null;
  }

  /** Makes the writing thread check the queue, and starts it if there is none. */
  private void wakeUp(Logger logger) {
    Thread running = writer.get();
    if (running != null) {
      LockSupport.unpark(running);
      return;
    }
    Thread made = null;
    try {
      made = threads.newThread(loop);
      if (!writer.compareAndSet(null, made)) {
        // Another thread was faster. The thread that it starts checks the queue after this.
        return;
      }
      made.start();
    } catch (Throwable e) {
      shortfalls.threadNotStarted(logger);
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
        // A thread that added a line before this has woken this thread, and started none.
      } while (!queue.isEmpty() && writer.compareAndSet(null, self));
    } finally {
      writer.compareAndSet(self, null);
    }
  }

  /** Leaves the CPU of a pinned consumer, which may have started this thread. */
  private static void leavePinnedCpu() {
    try {
      CpuAffinity.leavePinnedCpu();
    } catch (Throwable e) {
      // The thread then writes the lines on that CPU.
    }
  }

  private void writeUntilIdle() {
    long idleSinceNs = System.nanoTime();
    while (true) {
      if (writeQueued()) {
        idleSinceNs = System.nanoTime();
      }
      long leftNs = idleNs - (System.nanoTime() - idleSinceNs);
      if (queue.isEmpty()) {
        if (leftNs <= 0) {
          return;
        }
        LockSupport.parkNanos(this, leftNs);
      }
    }
  }

  /** Returns whether there was a line. */
  private boolean writeQueued() {
    Line line = queue.takeAll();
    boolean any = line != null;
    while (line != null) {
      Line next = line.next();
      write(line);
      shortfalls.write();
      line = next;
    }
    return any;
  }

  private void write(Line line) {
    Logger logger = line.logger();
    LogRecord record = line.record();
    line.clear();
    try {
      if (logger != null && record != null) {
        logger.log(record);
      }
    } catch (Throwable e) {
      shortfalls.handlerFailed(logger);
    } finally {
      queue.written(line);
      // A handler may have left the interrupt set; parking would then return at once for ever.
      Thread.interrupted();
    }
  }
}
