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
 * Completes flushes when all records before them have their outcome, and fails those whose time is
 * up.
 */
final class Flushes {

  /** Between looks at the time: a consumer that is busy looks after them at each batch. */
  static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private record Flush(long target, long startNs, long timeoutNs, CompletableFuture<Void> done) {}

  private final Queue<Flush> waiting = new ConcurrentLinkedQueue<>();
  private final LongFunction<String> obstacle;

  /** Made once, so that a walk through the queue allocates nothing. */
  private final Predicate<Flush> isEnded = this::end;

  // Of the consumer, the last two for the walk.
  private long nextLookNs = System.nanoTime();
  private long nowNs;
  private long reached;

  /**
   * Makes a queue with nothing in it.
   *
   * @param obstacle says what lies behind this sequence, the last that is settled, and what to do
   */
  Flushes(LongFunction<String> obstacle) {
    this.obstacle = obstacle;
  }

  /** Any thread: completes when this sequence is settled, fails when the time is up. */
  CompletableFuture<Void> add(long target, long timeoutNs) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    waiting.add(new Flush(target, System.nanoTime(), timeoutNs, done));
    return done;
  }

  /** Any thread: completes those that wait for this sequence or one before it. */
  void complete(long settled) {
    // Targets only grow, but for racing callers; one that was overtaken waits for the next walk.
    Flush first;
    while ((first = waiting.peek()) != null && first.target <= settled) {
      // Removed last: if memory is too short to note that a continuation has thrown, the next walk
      // runs those behind it.
      first.done.complete(null);
      waiting.remove(first);
    }
  }

  /** Consumer: completes those that are due, and fails those that are overdue. */
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
    // Also behind the first: each has a time-out of its own.
    waiting.removeIf(isEnded);
  }

  /** Completes or fails it if it is time to, and returns whether it was. */
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

  /** Never throws: the flush would stay, and be failed in vain again and again. */
  private String obstacle() {
    try {
      return obstacle.apply(reached);
    } catch (Throwable e) {
      return "what holds them up cannot be told: " + e;
    }
  }
}
