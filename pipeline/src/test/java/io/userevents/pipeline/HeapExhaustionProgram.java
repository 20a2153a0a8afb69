// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.Objects.requireNonNull;

import io.userevents.testing.FullHeap;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.RegisteringSyscalls;
import io.userevents.tracepoint.ScriptedSyscalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Has the heap full for a second while a pipeline works, and checks that it goes on afterwards. For
 * a separate process, with a small heap.
 *
 * <p>Arguments: how often, in nanoseconds for how long, a {@link Variant}, and a folder whose
 * {@code user_events_data} takes the events. Prints a line for each time, and ends with a status
 * other than 0 after the first failure.
 */
final class HeapExhaustionProgram {

  /** The part of the pipeline's life in which the heap is full. */
  enum Variant {
    RUNNING,
    FLUSHING,
    CLOSING,
    FAILING_LISTENERS
  }

  private static final int PUBLISHERS = 3;
  private static final int MAX_RECORDS = 1 << 18;
  private static final int RECORDS_PER_PAUSE = 8;
  private static final long PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(300);
  private static final long REFILL_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(120);
  private static final int BLOCKS_OF_A_CALL = 40;
  private static final DirectBuffer RECORD = new UnsafeBuffer(new byte[16]);

  private final Variant variant;
  private final RegisteringSyscalls kernel = new RegisteringSyscalls();
  private final KernelTracepoint tracepoint;
  private final RecordPipeline pipeline;
  private final List<Publishing> publishers = new ArrayList<>();

  /** The flush that was asked for while the heap was full. */
  private @Nullable CompletableFuture<Void> flush;

  private volatile boolean isStopped;

  /** A thread that publishes, and how often each of its records was told an outcome. */
  private final class Publishing extends Thread implements OutcomeListener {

    private final AtomicIntegerArray told = new AtomicIntegerArray(MAX_RECORDS);
    private final AtomicLong allTold = new AtomicLong();
    private int offered;
    private int thrown;

    @Override
    public void run() {
      for (; !isStopped && offered < MAX_RECORDS; offered++) {
        try {
          var unused = pipeline.publish(RECORD, 0, RECORD.capacity(), this, offered);
        } catch (OutOfMemoryError e) {
          // The application's thread has no memory to be known by: it was told.
          thrown++;
        }
        if (offered % RECORDS_PER_PAUSE == 0) {
          LockSupport.parkNanos(PAUSE_NS);
        }
      }
    }

    @Override
    public void onOutcome(long tag, Outcome outcome, int errno) {
      told.incrementAndGet((int) tag);
      allTold.incrementAndGet();
      if (variant == Variant.FAILING_LISTENERS && tag % 3 == 0) {
        throw tag % 2 == 0 ? new OutOfMemoryError("of a test") : new StackOverflowError();
      }
    }

    private void check() {
      require(!isAlive(), "a publisher has not returned");
      require(offered < MAX_RECORDS, "more records were needed: " + offered);
      int untold = 0;
      for (int tag = 0; tag < offered; tag++) {
        require(told.get(tag) <= 1, "told more than once: tag=" + tag);
        untold += told.get(tag) == 0 ? 1 : 0;
      }
      require(untold <= thrown, "not told: " + untold + " thrown: " + thrown);
    }
  }

  private HeapExhaustionProgram(Variant variant, Path tracefs) {
    this.variant = variant;
    tracepoint = kernel.tracepoint("otlp_metrics", tracefs);
    pipeline =
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setRingSlots(64)
            .setBackPressurePolicy(BackPressurePolicies.waitUnbounded())
            .build();
    for (int i = 0; i < PUBLISHERS; i++) {
      publishers.add(new Publishing());
    }
  }

  public static void main(String[] arguments) throws Exception {
    int times = Integer.parseInt(arguments[0]);
    long heldNs = Long.parseLong(arguments[1]);
    Variant variant = Variant.valueOf(arguments[2]);
    Path tracefs = Path.of(arguments[3]);
    try {
      for (int i = 0; i < times; i++) {
        System.out.println(new HeapExhaustionProgram(variant, tracefs).run(heldNs));
      }
    } catch (Throwable e) {
      FullHeap.empty();
      e.printStackTrace(System.out);
      System.exit(1);
    }
  }

  private String run(long heldNs) throws Exception {
    publishers.forEach(Thread::start);
    awaitWritten(100);
    exhaust(heldNs);
    if (variant != Variant.CLOSING) {
      // The consumer lives, writes, and makes room for waiting publishers.
      awaitWritten(pipeline.statistics().count(Outcome.WRITTEN) + 100);
      if (variant == Variant.FLUSHING) {
        requireNonNull(flush, "there was never memory for a flush")
            .get(PATIENCE_NS, TimeUnit.NANOSECONDS);
      }
      isStopped = true;
      join();
      pipeline.flush().get(PATIENCE_NS, TimeUnit.NANOSECONDS);
    }
    isStopped = true;
    require(pipeline.close(Duration.ofNanos(PATIENCE_NS)), "not closed");
    join();
    long told = 0;
    for (Publishing publisher : publishers) {
      publisher.check();
      told += publisher.allTold.get();
    }
    PipelineStatistics statistics = pipeline.statistics();
    require(statistics.outcomes() == statistics.offered(), "not balanced: " + statistics);
    require(told == statistics.offered(), "told " + told + " of " + statistics);
    require(pipeline.state() == TracepointState.CLOSED, "state " + pipeline.state());
    require(kernel.descriptors() == 0, "a descriptor is open");
    require(kernel.registrations() == 0, "it was not unregistered");
    require(!ScriptedSyscalls.isWordHeld(tracepoint), "the word is held");
    return "ok " + statistics;
  }

  private void exhaust(long heldNs) {
    boolean isAsked = variant != Variant.CLOSING && variant != Variant.FLUSHING;
    long startNs = System.nanoTime();
    while (System.nanoTime() - startNs < heldNs) {
      FullHeap.fill();
      if (!isAsked) {
        FullHeap.giveBack(BLOCKS_OF_A_CALL);
        isAsked = ask();
      }
      LockSupport.parkNanos(REFILL_NS);
    }
    FullHeap.empty();
  }

  /** Closes or flushes the pipeline, and returns whether there was memory for it. */
  private boolean ask() {
    try {
      if (variant == Variant.CLOSING) {
        var unused = pipeline.closeAsync();
      } else {
        flush = pipeline.flush();
      }
      return true;
    } catch (OutOfMemoryError e) {
      return variant == Variant.CLOSING && pipeline.isClosed();
    }
  }

  private void awaitWritten(long count) throws InterruptedException {
    long startNs = System.nanoTime();
    while (pipeline.statistics().count(Outcome.WRITTEN) < count) {
      require(System.nanoTime() - startNs < PATIENCE_NS, "nothing is written");
      Thread.sleep(1);
    }
  }

  private void join() throws InterruptedException {
    for (Publishing publisher : publishers) {
      publisher.join(TimeUnit.NANOSECONDS.toMillis(PATIENCE_NS));
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
