// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.ThreadFactory;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Holds the settings of a consumer: its thread, the CPU of that thread, how it waits for records,
 * and the handler of its errors.
 *
 * @param idleStrategy used in place of the wait strategy, unless null
 * @param errorHandler handler of errors; null for the log
 * @param threadFactory maker of the thread; null for a daemon that the pipeline makes
 * @param cpu CPU that the thread runs on, or {@link #NO_CPU}
 * @param cpuRequired whether it must not run on another CPU
 */
record ConsumerSettings(
    ConsumerWaitStrategy waitStrategy,
    @Nullable IdleStrategy idleStrategy,
    @Nullable ErrorHandler errorHandler,
    @Nullable ThreadFactory threadFactory,
    int cpu,
    boolean cpuRequired) {

  static final int NO_CPU = -1;

  static final ConsumerSettings DEFAULT =
      new ConsumerSettings(ConsumerWaitStrategy.SLEEPING, null, null, null, NO_CPU, false);

  /** Sets a named strategy, in place of any strategy that was set. */
  ConsumerSettings withWaitStrategy(ConsumerWaitStrategy strategy) {
    return new ConsumerSettings(strategy, null, errorHandler, threadFactory, cpu, cpuRequired);
  }

  ConsumerSettings withIdleStrategy(IdleStrategy strategy) {
    return new ConsumerSettings(
        waitStrategy, strategy, errorHandler, threadFactory, cpu, cpuRequired);
  }

  ConsumerSettings withErrorHandler(@Nullable ErrorHandler handler) {
    return new ConsumerSettings(
        waitStrategy, idleStrategy, handler, threadFactory, cpu, cpuRequired);
  }

  ConsumerSettings withThreadFactory(ThreadFactory factory) {
    return new ConsumerSettings(
        waitStrategy, idleStrategy, errorHandler, factory, cpu, cpuRequired);
  }

  /**
   * Sets the CPU.
   *
   * @throws IllegalArgumentException if Linux has no such number
   */
  ConsumerSettings withCpu(int number) {
    return new ConsumerSettings(
        waitStrategy,
        idleStrategy,
        errorHandler,
        threadFactory,
        SettingRanges.requireCpu(number),
        cpuRequired);
  }

  ConsumerSettings withCpuRequired(boolean required) {
    return new ConsumerSettings(
        waitStrategy, idleStrategy, errorHandler, threadFactory, cpu, required);
  }

  /** Leaves out the settings that have no effect on an agent that the application runs. */
  ConsumerSettings ofAgent() {
    // Publishers would otherwise pay for waking a thread that the pipeline does not have.
    return DEFAULT.withErrorHandler(errorHandler);
  }

  /** Returns whether the publisher of each record wakes a consumer that sleeps. */
  boolean wakesForEach() {
    return idleStrategy == null && waitStrategy == ConsumerWaitStrategy.BLOCKING;
  }

  @Override
  public String toString() {
    return "waitStrategy="
        + waitStrategy
        + ", idleStrategy="
        + SettingText.classOrDefault(idleStrategy)
        + ", errorHandler="
        + SettingText.classOrDefault(errorHandler)
        + ", consumerCpu="
        + (cpu == NO_CPU ? "any" : String.valueOf(cpu))
        + ", consumerCpuRequired="
        + cpuRequired
        + ", threadFactory="
        + SettingText.classOrDefault(threadFactory);
  }
}
