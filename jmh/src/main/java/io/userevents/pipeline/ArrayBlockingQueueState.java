// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.agrona.DirectBuffer;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A queue of the JDK between publishers and one consumer, with as many elements as the pipeline's
 * ring has slots. Each element is a copy of a record on the heap, because its publisher may reuse
 * its buffer at once. The consumer takes all waiting elements with one lock, and waits only if
 * there are none.
 */
@State(Scope.Benchmark)
public class ArrayBlockingQueueState {

  private static final int CAPACITY = RecordPipelineBuilder.DEFAULT_RING_SLOTS;

  /**
   * The longest batch, like the pipeline's, so that there is room again before all records are
   * written.
   */
  private static final int MAX_BATCH = CAPACITY / 4;

  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final GatheringWriter writer = new GatheringWriter();
  private final Thread consumer = new Thread(this::consume, "array-blocking-queue-consumer");

  @Setup
  public void start() {
    consumer.start();
  }

  @TearDown
  public void stop(Offers offers) throws InterruptedException {
    queue.put(END);
    consumer.join();
    writer.close();
    offers.requireAll(writer.written());
  }

  /** Publishes a record, and waits while the queue is full. */
  void publish(DirectBuffer buffer, int length) throws InterruptedException {
    byte[] copy = new byte[length];
    buffer.getBytes(0, copy);
    queue.put(copy);
  }

  private void consume() {
    List<byte[]> batch = new ArrayList<>(MAX_BATCH);
    boolean ended = false;
    while (!ended) {
      if (queue.drainTo(batch, MAX_BATCH) == 0) {
        try {
          batch.add(queue.take());
        } catch (InterruptedException e) {
          throw new IllegalStateException("nobody interrupts the consumer", e);
        }
        queue.drainTo(batch, MAX_BATCH - 1);
      }
      for (int i = 0; i < batch.size(); i++) {
        byte[] record = batch.get(i);
        // An empty record is the last one.
        ended = record.length == 0;
        if (!ended) {
          writer.add(record);
        }
      }
      writer.flush();
      batch.clear();
    }
  }
}
