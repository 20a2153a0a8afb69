// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.LoopbackTracepoint;
import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Has a thread publish where its stack ends, again and again, and checks after each time that the
 * records of another thread are written, while the first one lives and does not publish. For a
 * separate process, whose flags choose the compiler and so the sizes of the frames.
 *
 * <p>The argument is how often the stack has to overflow. Prints how often it did, and ends with a
 * status other than 0 after a failure.
 */
final class StackOverflowProgram {

  private static final long STACK_BYTES = 256 << 10;

  private static final int KINDS = 5;
  private static final int RECORD_LENGTH = 16;
  private static final DirectBuffer RECORDS = new UnsafeBuffer(new byte[3 * RECORD_LENGTH]);
  private static final int[] OFFSETS = {0, RECORD_LENGTH, 2 * RECORD_LENGTH};
  private static final int[] LENGTHS = {RECORD_LENGTH, RECORD_LENGTH, RECORD_LENGTH};

  private final RecordPipeline pipeline;
  private final AtomicLong told = new AtomicLong();
  private final OutcomeListener listener = (tag, outcome, errno) -> told.incrementAndGet();
  private final SynchronousQueue<Integer> dives = new SynchronousQueue<>();
  private final SynchronousQueue<Integer> ends = new SynchronousQueue<>();

  /**
   * By kind, how many frames above the end of the stack it publishes: near where that just fits.
   */
  private final int[] heights = new int[KINDS];

  private int overflows;
  private long offered;

  /** The claim of a kind that does not close it, until it is committed or aborted. */
  private @Nullable RecordClaim claim;

  private StackOverflowProgram() {
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("overflow");
    tracepoint.attach(event -> {});
    pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build();
  }

  public static void main(String[] arguments) {
    try {
      new StackOverflowProgram().run(Integer.parseInt(arguments[0]));
    } catch (Throwable e) {
      e.printStackTrace(System.out);
      System.exit(1);
    }
  }

  private void run(int times) throws Exception {
    Thread diver = new Thread(null, this::diveAsTold, "diver", STACK_BYTES);
    diver.setDaemon(true);
    diver.start();
    int dive = 0;
    for (int reached = 0; reached < times; dive++) {
      dives.put(dive);
      reached = ends.take();
      if (reached < 0) {
        throw new IllegalStateException("the thread has failed");
      }
      if (!pipeline.publish(RECORDS, 0, RECORD_LENGTH, listener, 0).isAccepted()) {
        throw new IllegalStateException("refused after dive " + dive);
      }
      // Fails with the name of the thread that holds up the ring.
      pipeline.flush(Duration.ofSeconds(60)).get(60, TimeUnit.SECONDS);
    }
    if (!pipeline.close(Duration.ofSeconds(60))) {
      throw new IllegalStateException("not closed");
    }
    PipelineStatistics statistics = pipeline.statistics();
    // A call that throws may have ended before it noted the listener in the slot.
    long untold = statistics.offered() - told.get();
    if (statistics.outcomes() != statistics.offered()
        || untold < 0
        || untold > statistics.count(Outcome.DROPPED_ABORTED)) {
      throw new IllegalStateException("told " + told + " of " + statistics);
    }
    System.out.println("ok overflows=" + overflows + " dives=" + dive + " " + statistics);
  }

  private void diveAsTold() {
    try {
      while (true) {
        int dive = dives.take();
        // The frames in between shift those that come.
        shift(dive / KINDS % 64, dive % KINDS);
        RecordClaim left = claim;
        if (left != null) {
          // As an application does where it has stack again. It may not be open any more.
          left.close();
          claim = null;
        }
        ends.put(overflows);
      }
    } catch (Throwable e) {
      e.printStackTrace(System.out);
      try {
        ends.put(-1);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Its frames have another size than those of {@link #dive}. */
  private int shift(int frames, int kind) {
    return frames == 0 ? dive(kind, 0, 0, 0) : 1 + shift(frames - 1, kind);
  }

  /** Returns how far above the end of the stack the caller is, in frames, or more. */
  @SuppressWarnings("InfiniteRecursion") // It is meant to overflow.
  private int dive(int kind, long p, long q, long r) {
    int frames;
    try {
      frames = dive(kind, p + 1, q, r);
    } catch (StackOverflowError e) {
      frames = 0;
    }
    // Once in a dive: its next record would give up the slot that this one may leave.
    if (frames == heights[kind]) {
      try {
        offer(kind);
        heights[kind] = Math.max(0, heights[kind] - 2);
      } catch (StackOverflowError e) {
        overflows++;
        heights[kind]++;
      }
      return frames + heights[kind] + 2;
    }
    return frames + 1;
  }

  private void offer(int kind) {
    offered++;
    switch (kind) {
      case 0 -> {
        var unused = pipeline.publish(RECORDS, 0, RECORD_LENGTH, listener, offered);
      }
      case 1 -> {
        try (RecordClaim claim = pipeline.tryClaim(RECORD_LENGTH, 0, listener, offered)) {
          claim.buffer().putLong(0, offered);
          claim.commit();
        }
      }
      case 2 -> {
        RecordClaim open = pipeline.tryClaim(RECORD_LENGTH, 0, listener, offered);
        claim = open;
        open.buffer().putLong(0, offered);
        open.commit();
        claim = null;
      }
      case 3 -> {
        RecordClaim open = pipeline.tryClaim(RECORD_LENGTH, 0, listener, offered);
        claim = open;
        open.buffer().putLong(0, offered);
        open.abort();
        claim = null;
      }
      default -> {
        var unused =
            pipeline.publish(RECORDS, OFFSETS, LENGTHS, LENGTHS.length, 0, listener, offered);
      }
    }
  }
}
