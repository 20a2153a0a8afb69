// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.prepared;

import io.userevents.exporter.internal.otlp.PreparedRecord;
import io.userevents.pipeline.RecordClaim;
import io.userevents.pipeline.RecordPipeline;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.EpochNanoClock;

/** Publishes the measurements of one point. Any thread. */
final class PointPublisher {

  private final RecordPipeline pipeline;
  private final EpochNanoClock clock;
  private final PreparedRecord preparedRecord;
  private final String name;
  private final int priority;

  /** Of the measurement before: where the interval of the next one starts, if it is a sum. */
  private final AtomicLong lastTime;

  PointPublisher(
      RecordPipeline pipeline,
      EpochNanoClock clock,
      PreparedRecord preparedRecord,
      String name,
      int priority) {
    this.pipeline = pipeline;
    this.clock = clock;
    this.preparedRecord = preparedRecord;
    this.name = name;
    this.priority = priority;
    this.lastTime = new AtomicLong(clock.nanoTime());
  }

  boolean publish(long valueBits) {
    try (RecordClaim claim = pipeline.tryClaim(preparedRecord.length(), priority, null, 0)) {
      if (claim == null) {
        return false;
      }
      // Read only when somebody listens.
      write(claim, clock.nanoTime(), valueBits);
      return true;
    }
  }

  boolean publish(long valueBits, long epochNanos) {
    try (RecordClaim claim = pipeline.tryClaim(preparedRecord.length(), priority, null, 0)) {
      if (claim == null) {
        return false;
      }
      write(claim, epochNanos, valueBits);
      return true;
    }
  }

  private void write(RecordClaim claim, long time, long valueBits) {
    long startTime = 0;
    if (preparedRecord.isSum()) {
      // Two threads at once may get the same start; an interval never ends before it starts.
      startTime = Math.min(lastTime.getOpaque(), time);
      lastTime.setOpaque(time);
    }
    preparedRecord.write(claim.buffer(), startTime, time, valueBits);
    claim.commit();
  }

  @Override
  public String toString() {
    return "name=" + name + ", recordLength=" + preparedRecord.length() + ", priority=" + priority;
  }
}
