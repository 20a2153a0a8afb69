// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.Objects.requireNonNull;

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import io.userevents.tracepoint.Tracepoint;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes records from any number of threads and has one thread of its own write them to a
 * tracepoint.
 *
 * <p>All methods may be called by any thread. {@link #publish} copies the record, never blocks,
 * takes no lock, makes no system call and allocates nothing. Records of one thread are written in
 * the order in which it published them.
 */
public final class RecordPipeline implements AutoCloseable {

  private static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final long FIRST_ATTEMPT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

  /** Batches end early, so that slots are freed while the consumer still works on the rest. */
  private static final int BATCHES_PER_RING = 4;

  private final Tracepoint tracepoint;
  private final int maxRecordLength;
  private final boolean gatherRecords;
  private final Counters counters = new Counters();
  private final SlotRegion region;
  private final RingBuffer<Slot> ring;
  private final RecordConsumer consumer;
  private final BatchEventProcessor<Slot> processor;
  private final Thread thread;
  private volatile boolean closed;

  RecordPipeline(Tracepoint tracepoint, int ringSlots, int maxRecordLength, boolean gatherRecords) {
    this.tracepoint = tracepoint;
    this.maxRecordLength = maxRecordLength;
    this.gatherRecords = gatherRecords;
    region = new SlotRegion(ringSlots, maxRecordLength);
    ring =
        RingBuffer.createMultiProducer(
            new SlotFactory(region), ringSlots, new BackOffWaitStrategy(tracepoint));
    TracepointSession session = new TracepointSession(tracepoint, counters);
    consumer =
        new RecordConsumer(
            ring,
            region,
            session,
            new EventWriter(tracepoint, counters, region.buffer(), maxRecordLength, gatherRecords),
            new DropReporter(counters, tracepoint.eventName(), ringSlots, maxRecordLength));
    processor =
        new BatchEventProcessorBuilder()
            .setMaxBatchSize(Math.max(1, ringSlots / BATCHES_PER_RING))
            .build(ring, ring.newBarrier(), consumer);
    processor.setExceptionHandler(consumer);
    ring.addGatingSequences(processor.getSequence());
    thread = new Thread(processor, "user-events-" + tracepoint.eventName());
    thread.setDaemon(true);
    // The caller's would be kept from being unloaded.
    thread.setContextClassLoader(null);
    thread.start();
    session.awaitFirstAttempt(FIRST_ATTEMPT_TIMEOUT_NS);
  }

  /** Returns a builder with the defaults. */
  public static RecordPipelineBuilder builder() {
    return new RecordPipelineBuilder();
  }

  /**
   * Whether a listener is attached. One load from memory: to be asked before a record is encoded,
   * since without a listener nobody would get it.
   */
  public boolean isAttached() {
    return !closed && tracepoint.isEnabled();
  }

  /** Length in bytes of the longest record that is taken. */
  public int maxRecordLength() {
    return maxRecordLength;
  }

  /** Like {@link #publish(DirectBuffer, int, int, OutcomeListener, long)}, without a listener. */
  public boolean publish(DirectBuffer buffer, int offset, int length) {
    return publish(buffer, offset, length, null, 0);
  }

  /**
   * Copies a record into the ring, if a listener is attached and there is room.
   *
   * @param buffer holds the record, on or off the heap; may be reused at once
   * @param offset of its first byte
   * @param length in bytes, at least 1; a record above {@link #maxRecordLength()} is counted as
   *     {@link Outcome#DROPPED_TOO_LARGE}
   * @param outcomeListener is told what becomes of the record; may be null
   * @param tag any number, handed to the listener with the outcome
   * @return whether the record is in the ring; if not, it is counted as dropped already
   * @throws IllegalArgumentException if the length is below 1
   * @throws IndexOutOfBoundsException if the record is not within the buffer
   */
  public boolean publish(
      DirectBuffer buffer,
      int offset,
      int length,
      @Nullable OutcomeListener outcomeListener,
      long tag) {
    if (length < 1) {
      throw new IllegalArgumentException("length must be at least 1: length=" + length);
    }
    buffer.boundsCheck(offset, length);
    // First of all, as it is the only one that others implement.
    boolean enabled = tracepoint.isEnabled();
    counters.offered();
    if (closed) {
      return refuse(Outcome.DROPPED_CLOSED, outcomeListener, tag);
    }
    if (length > maxRecordLength) {
      return refuse(Outcome.DROPPED_TOO_LARGE, outcomeListener, tag);
    }
    if (!enabled) {
      return refuse(Outcome.DROPPED_DETACHED, outcomeListener, tag);
    }
    long claimed;
    try {
      claimed = ring.tryNext();
    } catch (InsufficientCapacityException e) {
      // A closed pipeline fills its ring for good.
      return refuse(closed ? Outcome.DROPPED_CLOSED : Outcome.DROPPED_FULL, outcomeListener, tag);
    }
    try {
      Slot slot = ring.get(claimed);
      slot.length = Slot.VOID;
      slot.listener = outcomeListener;
      slot.tag = tag;
      region.put(slot, buffer, offset, length);
      slot.length = length;
    } finally {
      // Whatever happened, or the ring would stand still at this slot.
      ring.publish(claimed);
    }
    return true;
  }

  /** Completes when every record that is in the ring now has its outcome. Never blocks. */
  public CompletableFuture<Void> flush() {
    return consumer.flush();
  }

  /** What has been done so far. Disturbs neither publishers nor the consumer. */
  public PipelineStatistics statistics() {
    return counters.snapshot();
  }

  /** Closes within 10 s, see {@link #close(Duration)}. */
  @Override
  public void close() {
    close(DEFAULT_CLOSE_TIMEOUT);
  }

  /**
   * Like {@link #closeAsync()}, and waits until it is done or the time is up. In the latter case,
   * or if this thread is interrupted, the consumer goes on to end by itself.
   *
   * @return whether it is done
   */
  public boolean close(Duration timeout) {
    requireNonNull(timeout, "timeout");
    CompletableFuture<Void> ended = closeAsync();
    try {
      ended.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      SafeLog.log(
          Level.WARNING,
          "tracepoint "
              + tracepoint.eventName()
              + " is not closed after "
              + timeout.toMillis()
              + " ms: a system call, a claim or an outcome listener has not ended yet; the consumer"
              + " ends by itself when it does",
          null);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of the consumer never fails", e);
    }
  }

  /**
   * Refuses new records, has those in the ring written, unregisters the tracepoint and frees the
   * memory. Never blocks; a second call returns the same.
   *
   * @return completes when all of that is done
   */
  public CompletableFuture<Void> closeAsync() {
    closed = true;
    processor.halt();
    LockSupport.unpark(thread);
    return consumer.ended();
  }

  @Override
  public String toString() {
    return "RecordPipeline{eventName="
        + tracepoint.eventName()
        + ", ringSlots="
        + ring.getBufferSize()
        + ", maxRecordLength="
        + maxRecordLength
        + ", gatherRecords="
        + gatherRecords
        + "}";
  }

  private boolean refuse(Outcome outcome, @Nullable OutcomeListener outcomeListener, long tag) {
    counters.refused(outcome);
    if (outcomeListener != null) {
      OutcomeListeners.call(outcomeListener, tag, outcome, 0);
    }
    return false;
  }
}
