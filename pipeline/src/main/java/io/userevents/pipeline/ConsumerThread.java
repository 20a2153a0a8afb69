// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.affinity.CpuAffinity;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * Runs the agent of a pipeline on its own thread until the agent has ended, even if something is
 * thrown. The factory that was set makes the thread, and the thread is pinned to the CPU that was
 * set.
 */
final class ConsumerThread implements Runnable {

  private static final long ERROR_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long CLOSING_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);

  private static final int NEW = 0;

  /** The factory is making a thread. A thread that the factory starts must not run the agent. */
  private static final int IS_MADE = 1;

  private static final int MADE = 2;
  private static final int RUN = 3;

  private final ConsumerSettings settings;
  private final PipelineAgent agent;
  private final ConsumerIdle idle;
  private final ConsumerErrors errors;
  private final AtomicInteger state = new AtomicInteger(NEW);
  private final CountDownLatch begun = new CountDownLatch(1);
  private volatile @Nullable Thread thread;
  private volatile @Nullable String failure;

  ConsumerThread(
      ConsumerSettings settings, PipelineAgent agent, ConsumerIdle idle, ConsumerErrors errors) {
    this.settings = settings;
    this.agent = agent;
    this.idle = idle;
    this.errors = errors;
  }

  /**
   * Starts the thread. Call this once.
   *
   * @throws IllegalStateException if the thread factory returns no usable thread
   */
  void start() {
    state.set(IS_MADE);
    Thread made = make();
    thread = made;
    state.set(MADE);
    made.start();
  }

  /** Runs the agent. A second run does nothing, and so does the run of a refused thread. */
  @Override
  public void run() {
    if (!state.compareAndSet(MADE, RUN) && !state.compareAndSet(NEW, RUN)) {
      return;
    }
    try {
      pin();
    } catch (Throwable e) {
      errors.onError(e);
    } finally {
      begun.countDown();
    }
    try {
      if (!agent.start()) {
        // The pipeline was closed before this thread ran.
        return;
      }
    } catch (Throwable e) {
      if (agent.isNeverStarted()) {
        // The pipeline was closed first.
        return;
      }
      errors.onError(e);
    }
    while (!agent.hasEnded()) {
      try {
        cycle();
      } catch (Throwable e) {
        errors.onError(e);
        // An idle strategy that throws would do so again at full speed, so this parks. A thread
        // that stays interrupted would not park.
        Thread.interrupted();
        LockSupport.parkNanos(this, ERROR_PARK_NS);
      }
    }
  }

  private void cycle() {
    int workCount = agent.doWork();
    if (agent.pipeline().isClosed()) {
      // The end has many steps, and an idle strategy may sleep for long.
      if (workCount == 0) {
        LockSupport.parkNanos(this, CLOSING_PARK_NS);
        Thread.interrupted();
      }
    } else if (agent.isFutile()) {
      // A machine that cannot have the tracepoint never gets a record.
      LockSupport.park(this);
      // A thread that stays interrupted would never park again.
      Thread.interrupted();
    } else {
      idle.idle(workCount, agent.next(), agent.pauseNs());
    }
  }

  /**
   * Returns why the thread does not run on the required CPU; null if it does, or if none is
   * required. Waits until this is known or the time is up, also on an interrupted thread.
   */
  @Nullable String notPinned(long timeoutNs) {
    if (settings.cpu() == ConsumerSettings.NO_CPU || !settings.cpuRequired()) {
      return null;
    }
    long deadlineNs = System.nanoTime() + timeoutNs;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return begun.await(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS)
              ? failure
              : "cannot pin the consumer to cpu="
                  + settings.cpu()
                  + ": its thread has not begun to run; see the thread factory";
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void pin() {
    int cpu = settings.cpu();
    if (cpu == ConsumerSettings.NO_CPU) {
      return;
    }
    try {
      CpuAffinity.pinCurrentThread(cpu);
    } catch (Throwable e) {
      if (settings.cpuRequired()) {
        failure = String.valueOf(e.getMessage());
      } else {
        SafeLog.log(
            Level.WARNING,
            e.getMessage() + "; the consumer runs unpinned: set another CPU, or none",
            null);
      }
    }
  }

  void wakeUp() {
    // Nothing happens if it is null.
    LockSupport.unpark(thread);
  }

  private Thread make() {
    ThreadFactory factory = settings.threadFactory();
    if (factory == null) {
      Thread made = new Thread(this, agent.roleName());
      made.setDaemon(true);
      // The caller's class loader could otherwise not be unloaded.
      made.setContextClassLoader(null);
      return made;
    }
    Thread made = factory.newThread(this);
    if (made == null) {
      throw new IllegalStateException("the thread factory gave no thread: factory=" + factory);
    }
    if (made.getState() != Thread.State.NEW) {
      throw new IllegalStateException(
          "the thread factory gave a thread that was started already: return it unstarted: factory="
              + factory
              + " thread="
              + made.getName());
    }
    if (VirtualThreads.isVirtual(made)) {
      throw new IllegalStateException(
          "the thread factory gave a virtual thread, but the consumer blocks in system calls and may be"
              + " pinned to a CPU: return a platform thread: factory="
              + factory);
    }
    return made;
  }
}
