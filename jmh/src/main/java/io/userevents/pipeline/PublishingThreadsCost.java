// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.Objects.requireNonNull;

import io.userevents.tracepoint.DevNullTracepoint;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.Method;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Prints the cost of virtual threads that each publish one record: the cost of the record, of the
 * heap and of the consumer while they are parked, and the time until they are forgotten after they
 * have ended. Each figure of a record and of the heap is the difference to the same threads without
 * a pipeline. The program needs JDK 21 or newer.
 *
 * <p>Arguments: threads that publish and end, 1,000,000 by default; threads that publish and stay
 * parked, 300,000 by default; seconds for the consumer's CPU time, 10 by default.
 */
public final class PublishingThreadsCost {

  private static final int LENGTH = 200;
  private static final int ROUNDS = 3;
  private static final long PATIENCE_NS = TimeUnit.MINUTES.toNanos(5);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final DirectBuffer RECORD = new UnsafeBuffer(new byte[LENGTH]);

  private final AtomicReference<Thread> consumer = new AtomicReference<>();
  private final RecordPipeline pipeline =
      RecordPipeline.builder()
          .setTracepoint(new DevNullTracepoint(true))
          .setThreadFactory(
              runnable -> {
                Thread thread = new Thread(runnable, "consumer");
                consumer.set(thread);
                return thread;
              })
          .build();

  private PublishingThreadsCost() {}

  /** Prints the figures. */
  public static void main(String[] args) throws Exception {
    int ending = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
    int parked = args.length > 1 ? Integer.parseInt(args[1]) : 300_000;
    int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 10;
    PublishingThreadsCost cost = new PublishingThreadsCost();
    try {
      cost.measureRecords(ending);
      cost.measureParked(parked, seconds);
    } finally {
      cost.pipeline.close();
    }
  }

  private void measureRecords(int threads) throws Exception {
    for (int round = 1; round <= ROUNDS; round++) {
      long bareNs = runAll(threads, () -> {});
      long publishingNs = runAll(threads, this::publish);
      long forgottenNs = untilForgotten(0);
      print("round %d: a thread that does nothing, ns: %d", round, bareNs / threads);
      print("round %d: a thread that publishes once, ns: %d", round, publishingNs / threads);
      print(
          "round %d: until the threads that ended last are forgotten, ms: %d",
          round, TimeUnit.NANOSECONDS.toMillis(forgottenNs));
    }
  }

  private void measureParked(int threads, int seconds) throws Exception {
    print("consumer without threads, %% of a core: %.2f", percentOfACore(seconds));
    long emptyBytes = usedBytes();
    CountDownLatch endBare = new CountDownLatch(1);
    CountDownLatch bareEnded = park(threads, () -> {}, endBare);
    long bareBytes = usedBytes() - emptyBytes;
    endBare.countDown();
    bareEnded.await();
    emptyBytes = usedBytes();
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch ended = park(threads, this::publish, end);
    long bytes = usedBytes() - emptyBytes;
    print("heap of a parked thread, bytes: %d", bareBytes / threads);
    print("heap of a parked thread that has published, bytes: %d", bytes / threads);
    print("consumer with %d parked threads, %% of a core: %.2f", threads, percentOfACore(seconds));
    end.countDown();
    ended.await();
    print(
        "until all of these are forgotten, ms: %d",
        TimeUnit.NANOSECONDS.toMillis(untilForgotten(0)));
  }

  @SuppressWarnings("ThreadPriorityCheck") // The consumer needs the CPU to make room.
  private void publish() {
    while (!pipeline.publish(RECORD, 0, LENGTH).isAccepted()) {
      Thread.yield();
    }
  }

  private static long runAll(int threads, Runnable task) throws Exception {
    CountDownLatch done = new CountDownLatch(threads);
    long startNs = System.nanoTime();
    for (int i = 0; i < threads; i++) {
      startVirtual(
          () -> {
            task.run();
            done.countDown();
          });
    }
    done.await();
    return System.nanoTime() - startNs;
  }

  /** Returns after all threads have run the task. The result is 0 when they have ended. */
  private static CountDownLatch park(int threads, Runnable task, CountDownLatch end)
      throws Exception {
    CountDownLatch parked = new CountDownLatch(threads);
    CountDownLatch ended = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      startVirtual(
          () -> {
            task.run();
            parked.countDown();
            try {
              end.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException("nobody interrupts it", e);
            }
            ended.countDown();
          });
    }
    parked.await();
    return ended;
  }

  private long untilForgotten(int rest) throws InterruptedException {
    long startNs = System.nanoTime();
    while (pipeline.publishers().size() > rest) {
      if (System.nanoTime() - startNs > PATIENCE_NS) {
        throw new IllegalStateException("not forgotten: " + pipeline.publishers().size());
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
    return System.nanoTime() - startNs;
  }

  private double percentOfACore(int seconds) throws InterruptedException {
    // By then the collection is over and the consumer's sleeps have their full length.
    TimeUnit.SECONDS.sleep(2);
    long id = requireNonNull(consumer.get(), "consumer").getId();
    LongSupplier cpuTimeNs = () -> THREADS.getThreadCpuTime(id);
    long startCpuNs = cpuTimeNs.getAsLong();
    long startNs = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    return 100.0 * (cpuTimeNs.getAsLong() - startCpuNs) / (System.nanoTime() - startNs);
  }

  private static long usedBytes() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Starts a virtual thread by reflection, because the sources are for JDK 17, which has none. */
  private static void startVirtual(Runnable task) throws ReflectiveOperationException {
    START_VIRTUAL.invoke(null, task);
  }

  private static final Method START_VIRTUAL = startVirtualMethod();

  private static Method startVirtualMethod() {
    try {
      return Thread.class.getMethod("startVirtualThread", Runnable.class);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("needs JDK 21 or newer", e);
    }
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
