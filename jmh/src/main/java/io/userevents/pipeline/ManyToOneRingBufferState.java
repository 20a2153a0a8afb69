// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.memory.NativeRegion;
import java.util.concurrent.TimeUnit;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Agrona's ring of messages between publishers and one consumer, with room for at least as many
 * records as the pipeline's ring. Both sides back off as the pipeline's do. The ring frees a
 * message's memory when the handler's round is over, so the consumer copies the records that it
 * gathers.
 */
@State(Scope.Benchmark)
public class ManyToOneRingBufferState {

  private static final int MESSAGE_TYPE = 1;
  private static final int MESSAGE_LENGTH =
      BitUtil.align(
          ThreadRecord.LENGTH + RecordDescriptor.HEADER_LENGTH, RecordDescriptor.ALIGNMENT);
  private static final int CAPACITY =
      BitUtil.findNextPositivePowerOfTwo(RecordPipelineBuilder.DEFAULT_RING_SLOTS * MESSAGE_LENGTH);

  /**
   * The longest batch, like the pipeline's, so that there is room again before all records are
   * written.
   */
  private static final int MAX_BATCH = RecordPipelineBuilder.DEFAULT_RING_SLOTS / 4;

  private final NativeRegion region =
      NativeRegion.allocate(CAPACITY + RingBufferDescriptor.TRAILER_LENGTH, 4096);
  private final RingBuffer ring = new ManyToOneRingBuffer(region.buffer());
  private final GatheringWriter writer = new GatheringWriter();
  private final Thread consumer = new Thread(this::consume, "many-to-one-ring-buffer-consumer");
  private volatile boolean ending;

  @Setup
  public void start() {
    consumer.start();
  }

  @TearDown
  public void stop(Offers offers) throws InterruptedException {
    ending = true;
    consumer.join();
    writer.close();
    region.free();
    offers.requireAll(writer.written());
  }

  /** The strategy with which a publisher waits while the ring is full. */
  @State(Scope.Thread)
  public static class Backoff {

    final IdleStrategy idleStrategy =
        new BackoffIdleStrategy(
            100, 10, TimeUnit.MICROSECONDS.toNanos(10), TimeUnit.MICROSECONDS.toNanos(100));
  }

  /** Publishes a record, and waits while the ring is full. */
  void publish(DirectBuffer buffer, int length, IdleStrategy idleStrategy) {
    if (ring.write(MESSAGE_TYPE, buffer, 0, length)) {
      return;
    }
    do {
      idleStrategy.idle();
    } while (!ring.write(MESSAGE_TYPE, buffer, 0, length));
    idleStrategy.reset();
  }

  private void consume() {
    MessageHandler handler = (type, buffer, offset, length) -> writer.add(buffer, offset, length);
    IdleStrategy idleStrategy =
        new BackoffIdleStrategy(
            100, 50, TimeUnit.MICROSECONDS.toNanos(10), TimeUnit.MILLISECONDS.toNanos(1));
    while (true) {
      // This is read before the ring, so that records published before the end are seen.
      boolean last = ending;
      int read = ring.read(handler, MAX_BATCH);
      writer.flush();
      if (read == 0 && last) {
        return;
      }
      idleStrategy.idle(read);
    }
  }
}
