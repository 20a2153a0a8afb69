// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.affinity.CpuAffinity;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/** The consumer's thread: made as asked for, and pinned to a CPU by itself. */
final class ConsumerThread {

  private final PipelineSettings settings;
  private final String name;
  private volatile @Nullable Thread thread;
  private volatile @Nullable Throwable notPinned;

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
    int cpu = settings.consumerCpu();
    if (cpu == PipelineSettings.NO_CPU) {
      return;
    }
    try {
      CpuAffinity.pinCurrentThread(cpu);
    } catch (Throwable e) {
      if (settings.consumerCpuRequired()) {
        notPinned = e;
      } else {
        SafeLog.log(Level.WARNING, e.getMessage() + "; the consumer runs unpinned", null);
      }
    }
  }

  /** Why the thread does not run on the CPU that is required; null if it does, or none is. */
  @Nullable Throwable notPinned() {
    return notPinned;
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
