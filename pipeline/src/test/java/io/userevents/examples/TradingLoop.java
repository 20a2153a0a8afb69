// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineCounters;
import io.userevents.pipeline.PipelineInvoker;
import io.userevents.pipeline.PublishResult;
import io.userevents.pipeline.RecordPipelineBuilder;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;

/**
 * The duty cycle of a trading service. It takes orders and writes the records about them in the
 * same loop, so that the service has one busy thread and no other.
 */
public final class TradingLoop implements Runnable {

  private static final long READ_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

  private final IntSupplier orders;
  private final IdleStrategy idleStrategy;
  private final PipelineInvoker invoker;
  private final PipelineCounters counters = new PipelineCounters();
  private volatile boolean running = true;
  private volatile long lost;

  /**
   * Creates a loop.
   *
   * @param orders takes some orders, and returns how many
   * @param builder builder of the pipeline that writes the records about them
   */
  public TradingLoop(IntSupplier orders, RecordPipelineBuilder builder, IdleStrategy idleStrategy) {
    this.orders = orders;
    this.idleStrategy = idleStrategy;
    invoker = builder.buildInvoker();
  }

  /** Offers a record, which a later cycle of the loop writes. Any thread may call this. */
  public PublishResult record(DirectBuffer buffer, int offset, int length) {
    return invoker.pipeline().publish(buffer, offset, length);
  }

  /** Ends the loop. Any thread may call this. */
  public void stop() {
    running = false;
  }

  /**
   * Returns how many records had found no room in the ring when the loop last read the counters,
   * which it does once a second and at its end. Any thread may call this.
   */
  public long lost() {
    return lost;
  }

  @Override
  public void run() {
    invoker.start();
    long readNs = System.nanoTime();
    try {
      while (running) {
        // Orders first: a cycle of the pipeline is bounded, but each event is a system call.
        int work = orders.getAsInt();
        work += invoker.invoke();
        long nowNs = System.nanoTime();
        if (nowNs - readNs >= READ_INTERVAL_NS) {
          readNs = nowNs;
          lost = readLost();
        }
        idleStrategy.idle(work);
      }
    } finally {
      // Writes the records that are left, and unregisters the tracepoint.
      invoker.close();
      lost = readLost();
    }
  }

  private long readLost() {
    invoker.pipeline().read(counters);
    return counters.count(Outcome.DROPPED_FULL);
  }
}
