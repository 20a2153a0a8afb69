// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;

/**
 * Tells the thread that builds a pipeline when the first attempt to register its tracepoint has
 * ended. If that takes too long, the log says so, and never after the line with the answer.
 */
final class FirstAnswer {

  private final String eventName;
  private final CountDownLatch attempted = new CountDownLatch(1);

  /** Held only to queue a line: orders the line that there is no answer before the answer's. */
  private final ReentrantLock lock = new ReentrantLock();

  private boolean isAnswered;

  FirstAnswer(String eventName) {
    this.eventName = eventName;
  }

  /** Consumer: an answer is there and is logged next. No line says from now on that it is not. */
  void answered() {
    lock.lock();
    try {
      isAnswered = true;
    } finally {
      lock.unlock();
    }
  }

  /** Consumer: the first attempt has ended, with an answer or without, so nobody waits any more. */
  void attemptEnded() {
    answered();
    attempted.countDown();
  }

  /** Any thread: waits until the first attempt has ended, the time is up, or an interrupt. */
  void await(long timeoutNs) {
    try {
      if (!attempted.await(timeoutNs, TimeUnit.NANOSECONDS)) {
        warnUnlessAnswered();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
