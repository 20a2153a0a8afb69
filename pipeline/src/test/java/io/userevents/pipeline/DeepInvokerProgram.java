// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Has a thread drive a pipeline where its stack ends, at each depth again and again, and checks
 * that each record is written once, told once and counted once, and that the ring goes on. For a
 * separate process, whose flags choose the compiler and so the sizes of the frames.
 *
 * <p>The argument is how many dives there are. Prints how many calls the end of the stack has
 * ended, and ends with a status other than 0 after a failure.
 */
final class DeepInvokerProgram {

  private static final long STACK_BYTES = 512 << 10;
  private static final int RING_SLOTS = 8;
  private static final int RECORD_LENGTH = 8;
  private static final int MAX_RECORDS = 1 << 21;
  private static final int FRAMES_TRIED = 400;
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(120);

  /** Notes each record that it is given, by its number. Allocates nothing. */
  private static final class NotingTracepoint implements Tracepoint {

    private final AtomicIntegerArray written = new AtomicIntegerArray(MAX_RECORDS);
    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[1 << 14]);

    @Override
    public String register() throws RegistrationException {
      return "noted";
    }

    @Override
    public boolean isEnabled() {
      return true;
    }

    @Override
    public int write(EventVector event) {
      event.copyTo(copy, 0);
      // Some fail, so that errors are counted as well.
      if (copy.getLong(0) % 5 == 0) {
        return -22;
      }
      int length = event.length();
      for (int offset = 0; offset < length; offset += RECORD_LENGTH) {
        written.incrementAndGet((int) copy.getLong(offset));
      }
      return 0;
    }

    @Override
    public String eventName() {
      return "deep";
    }

    @Override
    public void close() {}
  }

  private final NotingTracepoint tracepoint = new NotingTracepoint();
  private final AtomicIntegerArray told = new AtomicIntegerArray(MAX_RECORDS);
  private final OutcomeListener listener = (tag, outcome, errno) -> told.incrementAndGet((int) tag);
  private final PipelineInvoker invoker =
      RecordPipeline.builder()
          .setTracepoint(tracepoint)
          .setRingSlots(RING_SLOTS)
          .setMaxRecordLength(RECORD_LENGTH)
          .buildInvoker();
  private final DirectBuffer record = new UnsafeBuffer(new byte[RECORD_LENGTH]);
  private int offered;
  private int invokeAt;
  private int overflows;
  private int through;

  public static void main(String[] arguments) throws Exception {
    DeepInvokerProgram program = new DeepInvokerProgram();
    Throwable[] failure = {new IllegalStateException("has not ended")};
    Thread driver =
        new Thread(
            null,
            () -> {
              try {
                program.run(Integer.parseInt(arguments[0]));
                failure[0] = null;
              } catch (Throwable e) {
                failure[0] = e;
              }
            },
            "driver",
            STACK_BYTES);
    driver.start();
    driver.join();
    if (failure[0] != null) {
      failure[0].printStackTrace(System.out);
      System.exit(1);
    }
  }

  private void run(int dives) {
    invoker.start();
    for (int dive = 0; dive < dives; dive++) {
      int first = offered;
      while (publish()) {}
      invokeAt = 1 + dive % FRAMES_TRIED;
      // The frames in between shift those that come.
      shift(dive / FRAMES_TRIED % 16);
      // At the end of the stack it may have done all, nothing or a part.
      awaitOutcomes(first);
    }
    invoker.close();
    PipelineStatistics statistics = invoker.pipeline().statistics();
    require(statistics.outcomes() == statistics.offered(), "not balanced: " + statistics);
    int written = 0;
    for (int i = 0; i < offered; i++) {
      require(told.get(i) == 1, "told " + told.get(i) + " times: " + i + " of " + statistics);
      require(tracepoint.written.get(i) <= 1, "written more than once: " + i);
      written += tracepoint.written.get(i);
    }
    // An error that ends a write may leave open whether it was done; those count as failed.
    require(
        statistics.count(Outcome.WRITTEN) == written, "written " + written + " of " + statistics);
    System.out.println(
        "ok overflows=" + overflows + " through=" + through + " dives=" + dives + " " + statistics);
  }

  private boolean publish() {
    ((UnsafeBuffer) record).putLong(0, offered);
    PublishResult result = invoker.pipeline().publish(record, 0, RECORD_LENGTH, listener, offered);
    if (!result.isAccepted()) {
      // Told at once.
      offered++;
      return false;
    }
    offered++;
    return true;
  }

  private void awaitOutcomes(int first) {
    long startNs = System.nanoTime();
    for (int i = first; i < offered; i++) {
      while (told.get(i) == 0) {
        int unused = invoker.invoke();
        require(System.nanoTime() - startNs < PATIENCE_NS, "the ring stands still: " + i);
        if (System.nanoTime() - startNs > PATIENCE_NS / 100) {
          // Lost, or it would have come: found at the end.
          break;
        }
      }
    }
    require(publish(), "no slot is free after dive");
  }

  /** Its frames have another size than those of {@link #dive}. */
  private int shift(int frames) {
    return frames == 0 ? dive(0, 0) : 1 + shift(frames - 1);
  }

  /** Returns how far above the end of the stack the caller is, in frames, or more. */
  @SuppressWarnings("InfiniteRecursion") // It is meant to overflow.
  private int dive(long p, long q) {
    int frames;
    try {
      frames = dive(p + 1, q);
    } catch (StackOverflowError e) {
      frames = 0;
    }
    if (frames == invokeAt) {
      try {
        int unused = invoker.invoke();
        through++;
      } catch (StackOverflowError e) {
        overflows++;
      }
    }
    return frames + 1;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
