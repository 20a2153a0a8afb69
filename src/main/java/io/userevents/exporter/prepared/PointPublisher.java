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

  /** The measurement before was lost, at an unknown time. */
  private static final long UNKNOWN = Long.MIN_VALUE;

  /**
   * Of the measurement before, published or lost: where the interval of the next one starts, if it
   * is a sum.
   */
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
    // The clock may be the application's: it is asked before a slot is taken, and only if it
    // matters.
    return publish(valueBits, pipeline.isAttached() ? clock.nanoTime() : UNKNOWN);
  }

  boolean publish(long valueBits, long time) {
    try (RecordClaim claim = pipeline.tryClaim(preparedRecord.length(), priority, null, 0)) {
      if (claim == null || time == UNKNOWN) {
        // What is lost is in no interval: the next one does not claim its time.
        lastTime.setOpaque(time);
        return false;
      }
      preparedRecord.write(claim.buffer(), startTime(time), time, valueBits);
      claim.commit();
      return true;
    }
  }

  private long startTime(long time) {
    if (!preparedRecord.isSum()) {
      return 0;
    }
    long last = lastTime.getOpaque();
    lastTime.setOpaque(time);
    // Two threads at once may get the same start; an interval never ends before it starts.
    return last == UNKNOWN ? time : Math.min(last, time);
  }

  @Override
  public String toString() {
    return "name=" + name + ", recordLength=" + preparedRecord.length() + ", priority=" + priority;
  }
}
