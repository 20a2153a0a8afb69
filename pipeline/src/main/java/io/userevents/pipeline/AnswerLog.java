// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * Logs that the first registration has not answered yet, and its answer, in this order.
 *
 * <p>Log handlers are the application's code, and one that hangs must not hold up another thread:
 * none is called while the lock is held. A line of the consumer that comes while another thread
 * logs the warning is left to that thread, which logs it next. So the consumer waits for no handler
 * of another thread. If that handler never returns, these lines are lost with it.
 */
final class AnswerLog {

  private record Line(Level level, String message, @Nullable Throwable failure) {}

  private final ReentrantLock lock = new ReentrantLock();

  private boolean answered;

  /** Whether a thread logs the warning, or lines that were left to it. */
  private boolean warning;

  /** Lines that are left to that thread. */
  private final Queue<Line> left = new ArrayDeque<>();

  /** Any thread: logs a warning, unless there is an answer or another thread logs one. */
  void warnUnlessAnswered(String message) {
    if (!beginWarning()) {
      return;
    }
    Line line = new Line(Level.WARNING, message, null);
    do {
      SafeLog.log(line.level, line.message, line.failure);
      line = nextLeft();
    } while (line != null);
  }

  /** Consumer: from now on nobody begins to log the warning. */
  void answered() {
    lock.lock();
    try {
      answered = true;
    } finally {
      lock.unlock();
    }
  }

  /** Consumer: logs a line, or leaves it to the thread that logs the warning. */
  void log(Level level, String message, @Nullable Throwable failure) {
    if (!leave(level, message, failure)) {
      SafeLog.log(level, message, failure);
    }
  }

  private boolean beginWarning() {
    lock.lock();
    try {
      if (answered || warning) {
        return false;
      }
      warning = true;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Line nextLeft() {
    lock.lock();
    try {
      Line line = left.poll();
      warning = line != null;
      return line;
    } finally {
      lock.unlock();
    }
  }

  private boolean leave(Level level, String message, @Nullable Throwable failure) {
    lock.lock();
    try {
      return warning && left.add(new Line(level, message, failure));
    } finally {
      lock.unlock();
    }
  }
}
