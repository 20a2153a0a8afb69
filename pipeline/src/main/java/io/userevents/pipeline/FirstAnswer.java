// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;

/**
 * Tells threads that wait for it when the first attempt to register a tracepoint has ended. If the
 * attempt takes too long, a log line says so. That line never follows the line with the answer.
 */
final class FirstAnswer {

  private final String eventName;
  private final CountDownLatch attempted = new CountDownLatch(1);

  /**
   * The lock that puts the line about a missing answer before the line with the answer. It is held
   * only to queue a line.
   */
  private final ReentrantLock lock = new ReentrantLock();

  private boolean isAnswered;

  FirstAnswer(String eventName) {
    this.eventName = eventName;
  }

  /**
   * Notes that an answer has come and is logged next. From now on no line says that it is missing.
   * Only the consumer calls this.
   */
  void answered() {
    lock.lock();
    try {
      isAnswered = true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the waiting, because the first attempt has ended, with an answer or without, or because
   * the pipeline was closed before it. Any thread may call this.
   */
  void attemptEnded() {
    answered();
    attempted.countDown();
  }

  /**
   * Waits until the first attempt has ended, the time is up, or the thread is interrupted. Returns
   * whether it has ended; with 0, without a wait and a log line. Any thread may call this.
   */
  boolean await(long timeoutNs) {
    try {
      if (attempted.await(timeoutNs, TimeUnit.NANOSECONDS)) {
        return true;
      }
      if (timeoutNs > 0) {
        warnUnlessAnswered();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private void warnUnlessAnswered() {
    String message =
        "registration of tracepoint "
            + eventName
            + " has not answered yet; going on without it, records are dropped until it has; if"
            + " no line follows that says registered, see in a thread dump where the consumer"
            + " stands";
    lock.lock();
    try {
      if (!isAnswered) {
        SafeLog.log(Level.WARNING, message, null);
      }
    } finally {
      lock.unlock();
    }
  }
}
