// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.Objects.requireNonNull;

import io.userevents.tracepoint.DevNullTracepoint;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.SleepingIdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

/**
 * Prints the cost of a pipeline in a process that publishes nothing: the consumer thread's CPU time
 * as a share of one core, by strategy, without a listener and with one. The threads of publishers
 * are not included.
 *
 * <p>Arguments: seconds for each measurement, 10 by default.
 */
public final class IdleCost {

  private static final int DEFAULT_SECONDS = 10;

  /**
   * The time until the waiting code is compiled and the consumer's sleeps have their full length.
   */
  private static final long WARM_UP_MS = 2_000;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private IdleCost() {}

  /** Prints a table. */
  public static void main(String[] args) throws InterruptedException {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_SECONDS;
    System.out.println("CPU time of the consumer's thread over " + seconds + " s, % of a core");
    System.out.println();
    System.out.println("| strategy | nobody attached | attached, no records |");
    System.out.println("|---|---:|---:|");
    for (ConsumerWaitStrategy strategy : ConsumerWaitStrategy.values()) {
      print(strategy.name(), builder -> builder.setWaitStrategy(strategy), seconds);
    }
    // These are the strategies of Agrona that sleep; the others are named strategies, or spin.
    print(
        "BackoffIdleStrategy",
        builder -> builder.setIdleStrategy(new BackoffIdleStrategy()),
        seconds);
    print(
        "SleepingIdleStrategy",
        builder -> builder.setIdleStrategy(new SleepingIdleStrategy()),
        seconds);
    print(
        "SleepingMillisIdleStrategy",
        builder -> builder.setIdleStrategy(new SleepingMillisIdleStrategy()),
        seconds);
  }

  private static void print(String strategy, UnaryOperator<RecordPipelineBuilder> set, int seconds)
      throws InterruptedException {
    System.out.printf(
        Locale.ROOT,
        "| `%s` | %.2f | %.2f |%n",
        strategy,
        percentOfACore(set, false, seconds),
        percentOfACore(set, true, seconds));
  }

  private static double percentOfACore(
      UnaryOperator<RecordPipelineBuilder> set, boolean attached, int seconds)
      throws InterruptedException {
    AtomicReference<Thread> made = new AtomicReference<>();
    RecordPipelineBuilder builder =
        RecordPipeline.builder()
            .setTracepoint(new DevNullTracepoint(attached))
            .setThreadFactory(
                runnable -> {
                  Thread thread = new Thread(runnable, "idle-consumer");
                  made.set(thread);
                  return thread;
                });
    RecordPipeline pipeline = set.apply(builder).build();
    Thread consumer = requireNonNull(made.get(), "consumer");
    try {
      Thread.sleep(WARM_UP_MS);
      long startNs = System.nanoTime();
      long startCpuNs = cpuTimeNs(consumer);
      TimeUnit.SECONDS.sleep(seconds);
      long cpuNs = cpuTimeNs(consumer) - startCpuNs;
      return 100.0 * cpuNs / (System.nanoTime() - startNs);
    } finally {
      pipeline.close();
    }
  }

  private static long cpuTimeNs(Thread thread) {
    long cpuTimeNs = THREADS.getThreadCpuTime(thread.getId());
    if (cpuTimeNs < 0) {
      throw new IllegalStateException("the consumer has ended, or the JVM does not measure it");
    }
    return cpuTimeNs;
  }
}
