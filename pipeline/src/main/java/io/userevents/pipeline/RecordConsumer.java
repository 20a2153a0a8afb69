// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.ExceptionHandler;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;

/**
 * What the one consumer thread does: takes records from the ring, looks after the tracepoint
 * between batches, and at the end drains the ring.
 *
 * <p>The end needs no help from publishers. The consumer stops freeing slots and claims all that
 * are left; from then on the ring is full for good, so every record is either among those it still
 * drains or was refused. Then nobody can write to the slots any more, and their memory can be
 * freed.
 */
final class RecordConsumer implements EventHandler<Slot>, ExceptionHandler<Slot> {

  /** A claim is held for the time of one copy; longer than this, and its thread has died in it. */
  private static final long MAX_CLAIM_NS = TimeUnit.SECONDS.toNanos(10);

  private static final long CLAIM_POLL_NS = 10_000;

  private record Flush(long target, CompletableFuture<Void> done) {}

  private final RingBuffer<Slot> ring;
  private final SlotRegion region;
  private final TracepointSession session;
  private final EventWriter writer;
  private final DropReporter dropReporter;
  private final Queue<Flush> flushes = new ConcurrentLinkedQueue<>();

  /** The processor's own, once it is built: the last record whose slot may be reused. */
  private volatile Sequence sequence = new Sequence();

  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  RecordConsumer(
      RingBuffer<Slot> ring,
      SlotRegion region,
      TracepointSession session,
      EventWriter writer,
      DropReporter dropReporter) {
    this.ring = ring;
    this.region = region;
    this.session = session;
    this.writer = writer;
    this.dropReporter = dropReporter;
  }

  /** Any thread: completes when all that is in the ring now has its outcome. */
  CompletableFuture<Void> flush() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    long target = ring.getCursor();
    if (sequence.get() >= target || ended.isDone()) {
      done.complete(null);
      return done;
    }
    flushes.add(new Flush(target, done));
    if (ended.isDone()) {
      // The end may have looked at the queue just before this entry was in it.
      completeFlushes(Long.MAX_VALUE);
    }
    return done;
  }

  /** Completes as the consumer's last act. A copy, so that nobody else can complete it. */
  CompletableFuture<Void> ended() {
    return ended.copy();
  }

  @Override
  public void setSequenceCallback(Sequence sequenceCallback) {
    sequence = sequenceCallback;
  }

  @Override
  public void onStart() {
    session.start(System.nanoTime());
  }

  @Override
  public void onBatchStart(long batchSize, long queueDepth) {
    lookAfter();
  }

  @Override
  public void onEvent(Slot slot, long slotSequence, boolean endOfBatch) {
    writer.add(slot);
    if (endOfBatch) {
      writer.flush();
    }
  }

  @Override
  public void onTimeout(long lastSequence) {
    lookAfter();
  }

  @Override
  public void onShutdown() {
    boolean drained = false;
    try {
      seal();
      drained = drain();
    } finally {
      try {
        session.close();
        dropReporter.report(System.nanoTime());
      } finally {
        writer.free();
        // Else somebody may still write to it.
        if (drained) {
          region.free();
        }
        end();
      }
    }
  }

  @Override
  public void handleEventException(Throwable failure, long slotSequence, Slot slot) {
    writer.abandon(slot);
    SafeLog.log(Level.SEVERE, "consumer failed, going on: sequence=" + slotSequence, failure);
  }

  @Override
  public void handleOnStartException(Throwable failure) {
    SafeLog.log(Level.SEVERE, "consumer failed to start its tracepoint, going on", failure);
  }

  @Override
  public void handleOnShutdownException(Throwable failure) {
    SafeLog.log(Level.SEVERE, "consumer failed to end in order", failure);
  }

  private void end() {
    ended.complete(null);
    completeFlushes(Long.MAX_VALUE);
  }

  private void lookAfter() {
    long nowNs = System.nanoTime();
    try {
      session.poll(nowNs);
      dropReporter.poll(nowNs);
    } catch (Throwable e) {
      // At the start of a batch the processor would skip the first record, which has no outcome.
      SafeLog.log(Level.SEVERE, "consumer failed to look after its tracepoint, going on", e);
    }
    if (!flushes.isEmpty()) {
      completeFlushes(sequence.get());
    }
  }

  private void completeFlushes(long reached) {
    // Targets only grow, but for racing callers; one that is overtaken waits for the next look.
    Flush first;
    while ((first = flushes.peek()) != null && first.target <= reached) {
      if (flushes.remove(first)) {
        first.done.complete(null);
      }
    }
  }

  private void seal() {
    try {
      while (true) {
        long claimed = ring.tryNext();
        ring.get(claimed).length = Slot.SEAL;
        ring.publish(claimed);
      }
    } catch (InsufficientCapacityException e) {
      // Full, and full for good: this thread alone frees slots, and has stopped doing so.
    }
  }

  /** Settles all that was published. Returns whether every claim was. */
  private boolean drain() {
    long last = ring.getCursor();
    long deadlineNs = System.nanoTime() + MAX_CLAIM_NS;
    boolean complete = true;
    for (long next = sequence.get() + 1; next <= last; next++) {
      if (!awaitPublished(next, deadlineNs)) {
        complete = false;
        SafeLog.log(
            Level.WARNING,
            "a claimed slot was never published; the ring's memory is kept: sequence=" + next,
            null);
        continue;
      }
      Slot slot = ring.get(next);
      if (slot.length != Slot.SEAL) {
        add(next, slot);
      }
    }
    writer.flush();
    return complete;
  }

  private void add(long slotSequence, Slot slot) {
    try {
      writer.add(slot);
    } catch (Throwable e) {
      handleEventException(e, slotSequence, slot);
    }
  }

  private boolean awaitPublished(long claimed, long deadlineNs) {
    while (!ring.isAvailable(claimed)) {
      if (System.nanoTime() - deadlineNs >= 0) {
        return false;
      }
      LockSupport.parkNanos(this, CLAIM_POLL_NS);
    }
    return true;
  }
}
