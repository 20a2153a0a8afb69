// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.WaitStrategy;
import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the next record to be published, for the one consumer thread.
 *
 * <p>Unlike Disruptor's own strategies it asks whether the next slot is published, and not how far
 * the cursor has come. A claim that is held up then makes the consumer wait as if nothing had come,
 * in place of running in circles; and the cursor's cache line is left to the publishers. And it
 * reports a timeout every now and then, so that the consumer can look after its tracepoint.
 */
abstract class ConsumerWait implements WaitStrategy {

  private @Nullable RingBuffer<Slot> ring;
  private int maxBatchSize;
  private boolean dormant;

  /**
   * Makes one. Not a method of the strategy, whose class has to be there where Disruptor is not:
   * the builder refers to it.
   */
  static ConsumerWait of(ConsumerWaitStrategy strategy, Tracepoint tracepoint) {
    return switch (strategy) {
      case SLEEPING -> new SleepingWait(tracepoint);
      case BLOCKING -> new BlockingWait();
      case YIELDING -> new SpinningWait(true);
      case BUSY_SPIN -> new SpinningWait(false);
    };
  }

  /** To be called once, before the consumer starts. */
  final void watch(RingBuffer<Slot> watched, int batchSize) {
    ring = watched;
    maxBatchSize = batchSize;
  }

  @Override
  public final long waitFor(
      long sequence, Sequence cursor, Sequence dependentSequence, SequenceBarrier barrier)
      throws AlertException, TimeoutException {
    RingBuffer<Slot> watched = ring;
    if (watched == null) {
      throw new IllegalStateException("the ring is not known yet");
    }
    while (!watched.isAvailable(sequence)) {
      barrier.checkAlert();
      if (dormant) {
        LockSupport.park(this);
        // A thread that stays interrupted would never park again.
        Thread.interrupted();
      } else if (idle(sequence) && !watched.isAvailable(sequence)) {
        throw TimeoutException.INSTANCE;
      }
    }
    busy();
    // The barrier looks how many of these are published; slots of the round before do not count.
    return sequence + maxBatchSize - 1;
  }

  @Override
  public void signalAllWhenBlocking() {
    // Nobody waits for a signal, unless overridden.
  }

  /**
   * Consumer: from now on nothing will come any more but the end of the pipeline, so it sleeps
   * until then, whatever the strategy, and looks after nothing.
   */
  final void sleepUntilClosed() {
    dormant = true;
  }

  /**
   * Passes the time for a moment.
   *
   * @return whether the consumer should look after its tracepoint now
   */
  abstract boolean idle(long sequence);

  /**
   * Any thread: ends a sleep of the consumer, because somebody waits for room or for records to be
   * written. Records that the caller has published are seen: either the consumer sees them before
   * it sleeps, or this call wakes it.
   */
  void wakeUp() {
    // Nobody sleeps, unless overridden.
  }

  /**
   * Any thread: like {@link #wakeUp}, for the only publisher of late, which has nothing more for
   * now and will call this again when it has. The consumer may sleep as soon as the ring is empty,
   * if no record has come after this one.
   *
   * @param lastSequence of the last slot that was claimed, -1 if there was none
   */
  void burstEnded(long lastSequence) {
    wakeUp();
  }

  /** Any thread: ends a sleep that is longer than usual, because the ring fills meanwhile. */
  void nudge() {
    // Nobody sleeps for long, unless overridden.
  }

  /** There are records; the next wait begins anew. */
  abstract void busy();

  final boolean isAvailable(long sequence) {
    return ring != null && ring.isAvailable(sequence);
  }

  /** Whether a publisher has claimed this slot, so that something will come soon. */
  final boolean isClaimed(long sequence) {
    return ring != null && ring.getCursor() >= sequence;
  }
}
