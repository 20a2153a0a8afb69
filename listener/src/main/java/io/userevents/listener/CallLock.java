// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Held during system calls, and guards the descriptors that they use. The thread in poll holds it
 * while it waits; any other that wants it ends that wait first.
 *
 * <p>Thread-safe.
 */
final class CallLock {

  /** Fair, so that a thread that ended the wait comes before the next wait. */
  private final ReentrantLock lock = new ReentrantLock(true);

  private final AtomicInteger wanting = new AtomicInteger();
  private final Wakeup wakeup;

  CallLock(Wakeup wakeup) {
    this.wakeup = wakeup;
  }

  /** For the thread in poll. */
  void lock() {
    lock.lock();
  }

  /** For any other: does not wait for a wait. */
  void lockAtOnce() {
    wanting.getAndIncrement();
    try {
      wakeup.wakeup();
      lock.lock();
    } finally {
      wanting.getAndDecrement();
    }
  }

  /** Like {@link #lockAtOnce}, for a time. */
  boolean tryLockAtOnce(long timeoutMs) throws InterruptedException {
    wanting.getAndIncrement();
    try {
      wakeup.wakeup();
      return lock.tryLock(timeoutMs, TimeUnit.MILLISECONDS);
    } finally {
      wanting.getAndDecrement();
    }
  }

  /**
   * Whether somebody wants the lock: then its holder must not wait. Signals come after this is set,
   * so that a wait that begins when it is not set is ended.
   */
  boolean isWanted() {
    return wanting.get() > 0;
  }

  void unlock() {
    lock.unlock();
  }
}
