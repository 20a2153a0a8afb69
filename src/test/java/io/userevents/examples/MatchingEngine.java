// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.opentelemetry.api.common.Attributes;
import io.userevents.exporter.prepared.PreparedLongPoint;
import io.userevents.exporter.prepared.PreparedPoints;
import io.userevents.pipeline.BackPressure;
import io.userevents.pipeline.BackPressurePolicy;
import io.userevents.pipeline.ConsumerWaitStrategy;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.pipeline.RecordPipelineBuilder;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * An order-matching loop that embeds the pipeline. It has a custom back-pressure policy, pins the
 * consumer to a CPU that the loop does not run on, and publishes every fill.
 */
public final class MatchingEngine implements AutoCloseable {

  /** Fills may use the whole ring and wait for 10 µs; the depth of the book leaves half of it. */
  private static final class FillsFirst implements BackPressurePolicy {

    static final int DEPTH = 0;
    static final int FILL = 1;

    private static final long MAX_WAIT_NS = 10_000;

    @Override
    public int reservedSlots(int priority, int ringSlots) {
      return priority == FILL ? 0 : ringSlots / 2;
    }

    @Override
    public Decision onBackPressure(BackPressure pressure) {
      if (pressure.priority() == FILL && pressure.waitedNs() < MAX_WAIT_NS) {
        Thread.onSpinWait();
        return Decision.RETRY;
      }
      return Decision.DROP;
    }
  }

  private final RecordPipeline pipeline;
  private final PreparedLongPoint fills;
  private final PreparedLongPoint depth;
  private final Queue<Long> resting = new ArrayDeque<>();

  /**
   * Starts the engine.
   *
   * @param builder the builder, such as {@link RecordPipeline#builder()}
   * @param consumerCpu a CPU that the matching thread does not use
   */
  public MatchingEngine(RecordPipelineBuilder builder, int consumerCpu) {
    pipeline =
        builder
            .setRingSlots(4096)
            .setMaxRecordLength(512) // 2 MiB in all; gathered into events of up to 4,048 bytes
            .setBackPressurePolicy(new FillsFirst())
            .setWaitStrategy(ConsumerWaitStrategy.BUSY_SPIN)
            .setConsumerCpu(consumerCpu)
            .build();
    PreparedPoints points = PreparedPoints.builder(pipeline).build();
    Attributes symbol = Attributes.builder().put("symbol", "EURUSD").build();
    fills =
        points.longCounter("book.fills").setAttributes(symbol).setPriority(FillsFirst.FILL).build();
    depth =
        points.longGauge("book.depth").setAttributes(symbol).setPriority(FillsFirst.DEPTH).build();
  }

  /** Adds a quantity to sell, which rests in the book. */
  public void onSell(long quantity) {
    resting.add(quantity);
    depth.publish(resting.size());
  }

  /** Matches a buyer with the quantities that have rested longest. */
  public void onBuy() {
    Long quantity = resting.poll();
    if (quantity != null) {
      fills.publish(quantity);
      depth.publish(resting.size());
    }
  }

  /** Returns how many records were written, and how many were dropped and why. */
  public PipelineStatistics statistics() {
    return pipeline.statistics();
  }

  /** Writes the waiting records and unregisters the tracepoint. */
  @Override
  public void close() {
    pipeline.close();
  }
}
