// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.exporter.internal.log.ThrottledLog;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Completes results on a thread of the exporter, in the order in which they were submitted.
 * Applications and the SDK attach code to results; for example, the SDK's reader exports its next
 * batch there. On the consumer's thread that code would hold up the ring that it waits for.
 *
 * <p>The thread starts when something is {@linkplain #begin begun} for the first time, and ends
 * once {@link #stop} was called and everything that was begun is complete. A later begin starts
 * another one, also if the thread has died. It is a daemon without a context class loader and
 * without inherited thread-locals.
 */
final class Completions implements Runnable {

  static final String THREAD_NAME = "user-events-results";

  private static final int NO_THREAD = -1;

  /** The pause of the thread after an error that it could not note. */
  private static final long ERROR_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final ThreadFactory threads;
  private final ThrottledLog failures;

  /**
   * The newest of the completions that were submitted and not taken yet, a list by {@code next}.
   */
  private final AtomicReference<@Nullable Completion> submitted = new AtomicReference<>();

  /** How many completions were begun and are not complete, or {@link #NO_THREAD}. */
  private final AtomicInteger open = new AtomicInteger(NO_THREAD);

  /** Those that the thread has taken and not begun to complete. Only the thread uses it. */
  private @Nullable Completion taken;

  private volatile @Nullable Thread thread;
  private volatile boolean isStopped;

  Completions(ThreadFactory threads, ThrottledLog failures) {
    this.threads = threads;
    this.failures = failures;
  }

  static Thread makeThread(Runnable loop) {
    Thread made = new Thread(null, loop, THREAD_NAME, 0, /* inheritThreadLocals= */ false);
    made.setDaemon(true);
    // The caller's class loader could otherwise not be unloaded.
    made.setContextClassLoader(null);
    return made;
  }

  /**
   * Announces a result. Threads that export, flush or shut down call this, because it may start the
   * thread.
   *
   * @return whether the result may be submitted. If not, no thread could be started, which is
   *     logged, and the caller completes the result
   */
  boolean begin() {
    int seen;
    do {
      seen = open.get();
      if (seen == NO_THREAD) {
        return start();
      }
    } while (!open.compareAndSet(seen, seen + 1));
    Thread running = thread;
    return (running != null && running.isAlive()) || replace();
  }

  /**
   * Returns whether all completions that were begun are complete, so that a result need not queue
   * behind one.
   */
  boolean isIdle() {
    return open.get() <= 0;
  }

  /**
   * Hands over a result that was begun. Any thread may call this, also the consumer's; it allocates
   * nothing and takes no lock.
   */
  void submit(Completion completion) {
    @Nullable Completion seen;
    do {
      seen = submitted.get();
      completion.next = seen;
    } while (!submitted.compareAndSet(seen, completion));
    if (seen == null) {
      // Otherwise the thread was woken for the completion before, and takes all.
      LockSupport.unpark(thread);
    }
  }

  /** Completes a result that was begun on the calling thread, which is not the consumer's. */
  void completeHere(Completion completion) {
    try {
      run(completion);
    } finally {
      ended();
    }
  }

  /** Takes a result back that was begun, and that nobody will submit. */
  void takeBack() {
    ended();
  }

  /** Ends the thread as soon as everything that was begun is complete. */
  void stop() {
    isStopped = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    while (!(isStopped && open.compareAndSet(0, NO_THREAD))) {
      try {
        completeSubmitted();
      } catch (Throwable e) {
        // Memory is so short that the failure cannot be described. The next round goes on.
        LockSupport.parkNanos(this, ERROR_PARK_NS);
      }
      // Code of the application may have left the interrupt set; parking would then return at once
      // for ever.
      Thread.interrupted();
    }
  }

  private void completeSubmitted() {
    if (taken == null) {
      taken = takeAll();
    }
    if (taken == null) {
      LockSupport.park(this);
    }
    while (taken != null) {
      Completion completion = taken;
      taken = completion.next;
      completion.next = null;
      completeHere(completion);
    }
  }

  private synchronized boolean start() {
    if (open.get() != NO_THREAD) {
      // Another thread was faster.
      return begin();
    }
    if (!startThread()) {
      return false;
    }
    // This must not come earlier: the thread does not end while the count says that there is none.
    open.set(1);
    return true;
  }

  /**
   * Starts a thread in place of one that has died, for example for want of memory before it ran. It
   * completes what was submitted to the dead one.
   *
   * @return whether there is a thread. If not, what was begun is taken back
   */
  private synchronized boolean replace() {
    Thread running = thread;
    if ((running != null && running.isAlive()) || startThread()) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  private boolean startThread() {
    try {
      Thread made = threads.newThread(this);
      thread = made;
      made.start();
      return true;
    } catch (Throwable e) {
      thread = null;
      failures.warn(
          "the thread that completes results cannot be started, so exports, flush and shutdown wait until"
              + " the records are written: allow the process more threads or memory, or see the cause",
          e);
      return false;
    }
  }

  /** Takes all completions and returns the oldest. */
  private @Nullable Completion takeAll() {
    Completion newest = submitted.getAndSet(null);
    Completion oldest = null;
    while (newest != null) {
      Completion before = newest.next;
      newest.next = oldest;
      oldest = newest;
      newest = before;
    }
    return oldest;
  }

  private void run(Completion completion) {
    try {
      completion.complete();
    } catch (Throwable e) {
      failures.warn(
          "code that the application attached to a result failed, which ends neither exports nor"
              + " other results: correct it",
          e);
    }
  }

  private void ended() {
    if (open.decrementAndGet() == 0 && isStopped) {
      LockSupport.unpark(thread);
    }
  }
}
