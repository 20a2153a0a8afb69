// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock that is held during system calls. It guards the descriptors that these calls use. The
 * thread in poll holds the lock while it waits. Another thread that needs the lock ends that wait
 * first.
 *
 * <p>Thread-safe.
 */
final class CallLock {

  /** Fair, so that a thread that ended a wait gets the lock before the next wait begins. */
  private final ReentrantLock lock = new ReentrantLock(true);

  private final AtomicInteger wanting = new AtomicInteger();
  private final Wakeup wakeup;

  CallLock(Wakeup wakeup) {
    this.wakeup = wakeup;
  }

  /** Locks for the thread in poll. */
  void lock() {
    lock.lock();
  }

  /** Locks for any other thread. Ends the wait of the thread in poll first. */
  void lockAtOnce() {
    wanting.getAndIncrement();
    try {
      wakeup.wakeup();
      lock.lock();
    } finally {
      wanting.getAndDecrement();
    }
  }

  /** Does the same as {@link #lockAtOnce}, but gives up after a time. */
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
   * Returns whether another thread wants the lock. The holder must not begin a wait then. The other
   * thread signals only after it has set this state, so a wait that began before is ended.
   */
  boolean isWanted() {
    return wanting.get() > 0;
  }

  void unlock() {
    lock.unlock();
  }
}
