// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/**
 * Completes flushes when all records before them have their outcome, and fails flushes whose time
 * is up.
 */
final class Flushes {

  /** The time between checks for flushes that are due; a busy consumer checks at each batch. */
  static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * A flush that waits. It is no record: the JVM links the {@code equals} of a record at its first
   * call, and if memory is short then, that call and all later ones fail.
   */
  private static final class Flush {
    private final long target;
    private final long startNs;
    private final long timeoutNs;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    Flush(long target, long startNs, long timeoutNs) {
      this.target = target;
      this.startNs = startNs;
      this.timeoutNs = timeoutNs;
    }
  }

  private final Queue<Flush> waiting = new ConcurrentLinkedQueue<>();
  private final LongFunction<String> obstacle;

  /**
   * The test for the end of a flush, made once so that a walk through the queue allocates nothing.
   */
  private final Predicate<Flush> isEnded = this::end;

  // The consumer uses these fields, and the last two only during a walk through the queue.
  private long nextLookNs = System.nanoTime();
  private long nowNs;
  private long reached;

  /**
   * Creates an empty queue.
   *
   * @param obstacle returns what holds up the records behind a sequence, the last settled one, and
   *     what to do
   */
  Flushes(LongFunction<String> obstacle) {
    this.obstacle = obstacle;
  }

  /**
   * Returns a future that completes when this sequence is settled, and fails when the time is up.
   * Any thread may call this.
   */
  CompletableFuture<Void> add(long target, long timeoutNs) {
    Flush flush = new Flush(target, System.nanoTime(), timeoutNs);
    waiting.add(flush);
    return flush.done;
  }

  /**
   * Completes the flushes that wait for this sequence or one before it. Any thread may call this.
   */
  void complete(long settled) {
    // Targets only grow, except when callers race; a flush that was overtaken waits for the next
    // walk.
    Flush first;
    while ((first = waiting.peek()) != null && first.target <= settled) {
      // The flush is removed last. If memory is too short to note that a continuation has thrown,
      // the next walk runs the continuations behind it.
      first.done.complete(null);
      waiting.remove(first);
    }
  }

  /**
   * Completes the flushes that are due, and fails those whose time is up. Only the consumer calls
   * this.
   */
  void lookAfter(long settled, long timeNs) {
    if (waiting.isEmpty()) {
      return;
    }
    complete(settled);
    if (timeNs - nextLookNs < 0) {
      return;
    }
    nextLookNs = timeNs + LOOK_NS;
    nowNs = timeNs;
    reached = settled;
    // This also checks those behind the first, because each flush has its own time-out.
    waiting.removeIf(isEnded);
  }

  /** Completes or fails a flush if it is time, and returns whether it did. */
  private boolean end(Flush flush) {
    if (flush.target <= reached) {
      flush.done.complete(null);
      return true;
    }
    if (nowNs - flush.startNs < flush.timeoutNs) {
      return false;
    }
    flush.done.completeExceptionally(
        new TimeoutException(
            "flush is not complete: timeout="
                + Duration.ofNanos(flush.timeoutNs)
                + " waitingSlots="
                + (flush.target - reached)
                + ": "
                + obstacle()
                + "; the time-out drops none of them"));
    return true;
  }

  /**
   * Returns what holds up the records. Never throws, because the flush would then stay and fail
   * again in each walk.
   */
  private String obstacle() {
    try {
      return obstacle.apply(reached);
    } catch (Throwable e) {
      return "the cause is not known: " + e;
    }
  }
}
