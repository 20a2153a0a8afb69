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
 * Runs the agent of a pipeline on a thread of its own until the agent has ended, whatever is
 * thrown. The thread is made by the factory that was set, and pinned to the CPU that was set.
 */
final class ConsumerThread implements Runnable {

  private static final long ERROR_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long CLOSING_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);

  private static final int NEW = 0;

  /** The factory is asked for a thread. One that it starts must not run the agent. */
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
   * To be called once.
   *
   * @throws IllegalStateException if the thread factory gives no thread that can be used
   */
  void start() {
    state.set(IS_MADE);
    Thread made = make();
    thread = made;
    state.set(MADE);
    made.start();
  }

  /** Runs the agent. A second run does nothing, nor does one of a thread that was refused. */
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
        // Closed before this thread came to run.
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
        // Not at full speed: an idle strategy that throws would do so again and again. A thread
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
   * Why the thread does not run on the CPU that is required; null if it does, or none is. Waits
   * until it is known, also on an interrupted thread, or the time is up.
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
      // The caller's would be kept from being unloaded.
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
