// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.affinity.CpuAffinity;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/** The consumer's thread: made as asked for, which pins itself to a CPU. */
final class ConsumerThread {

  private final PipelineSettings settings;
  private final String name;
  private volatile @Nullable Thread thread;
  private final CountDownLatch begun = new CountDownLatch(1);
  private volatile @Nullable String failure;

  ConsumerThread(PipelineSettings settings, String name) {
    this.settings = settings;
    this.name = name;
  }

  /** To be called once. */
  void start(Runnable consumer) {
    Thread made = make(consumer);
    thread = made;
    made.start();
  }

  /** To be called on the thread itself, first. Never throws. */
  void begins() {
    try {
      pin();
    } finally {
      begun.countDown();
    }
  }

  /**
   * Why the thread does not run on the CPU that is required; null if it does, or none is. Waits
   * until it is known, also on an interrupted thread, or the time is up.
   */
  @Nullable String notPinned(long timeoutNs) {
    if (settings.consumerCpu() == PipelineSettings.NO_CPU || !settings.consumerCpuRequired()) {
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
                  + settings.consumerCpu()
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
    int cpu = settings.consumerCpu();
    if (cpu == PipelineSettings.NO_CPU) {
      return;
    }
    try {
      CpuAffinity.pinCurrentThread(cpu);
    } catch (Throwable e) {
      if (settings.consumerCpuRequired()) {
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

  private Thread make(Runnable consumer) {
    ThreadFactory factory = settings.threadFactory();
    if (factory == null) {
      Thread made = new Thread(consumer, name);
      made.setDaemon(true);
      // The caller's would be kept from being unloaded.
      made.setContextClassLoader(null);
      return made;
    }
    Thread made = factory.newThread(consumer);
    if (made == null) {
      throw new IllegalStateException("the thread factory gave no thread: factory=" + factory);
    }
    return made;
  }
}
