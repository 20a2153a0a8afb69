// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.prepared;

import io.userevents.exporter.internal.log.ThrottledLog;
import io.userevents.exporter.internal.otlp.PreparedRecord;
import io.userevents.pipeline.RecordClaim;
import io.userevents.pipeline.RecordPipeline;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.OffsetEpochNanoClock;

/** Publishes through a pipeline. */
final class PipelinePublisher extends PointPublisher {

  /**
   * Stands for an unknown time of a lost measurement; it is later than any, and no interval starts
   * later than it ends.
   */
  private static final long UNKNOWN = Long.MAX_VALUE;

  private final RecordPipeline pipeline;
  private final EpochNanoClock clock;
  private final PreparedRecord preparedRecord;
  private final String name;
  private final int priority;
  private final boolean isMonotonic;
  private final ThrottledLog refusedValues;

  /**
   * The time of the measurement before, published or lost. If the point is a sum, the interval of
   * the next measurement starts there.
   */
  private final AtomicLong lastTime;

  PipelinePublisher(
      RecordPipeline pipeline,
      EpochNanoClock clock,
      PreparedRecord preparedRecord,
      ThrottledLog refusedValues,
      String name,
      int priority) {
    this.pipeline = pipeline;
    this.clock = clock;
    this.preparedRecord = preparedRecord;
    this.refusedValues = refusedValues;
    this.name = name;
    this.priority = priority;
    isMonotonic = preparedRecord.kind().isMonotonic();
    lastTime = new AtomicLong(clock.nanoTime());
  }

  /** Reads {@link System#nanoTime()} and adjusts itself to the wall clock once an hour. */
  static EpochNanoClock defaultClock() {
    return new OffsetEpochNanoClock();
  }

  @Override
  boolean publish(long valueBits) {
    // The clock may be code of the application, so it is read before a slot is taken, and only if
    // the time is needed.
    return pipeline.isAttached() ? publish(valueBits, clock.nanoTime()) : lose(UNKNOWN);
  }

  @Override
  boolean publish(long valueBits, long time) {
    if (isMonotonic && !isIncrement(valueBits)) {
      if (!pipeline.isClosed()) {
        // Later there is no code that would complete it.
        refusedValues.warn(
            "a counter takes no value below 0 or not-a-number, which is dropped: record increments"
                + " only, or prepare an up-down counter: name="
                + name,
            null);
      }
      return lose(time);
    }
    try (RecordClaim claim = pipeline.tryClaim(preparedRecord.length(), priority, null, 0)) {
      if (!claim.isOpen()) {
        lastTime.setOpaque(time);
        return false;
      }
      preparedRecord.write(claim.buffer(), startTime(time), time, valueBits);
      claim.commit();
      return true;
    }
  }

  /**
   * Counts a measurement as dropped, which neither waits nor takes a slot. The measurement is in no
   * interval: the next interval starts at its time.
   */
  private boolean lose(long time) {
    lastTime.setOpaque(time);
    pipeline.countAborted(preparedRecord.length());
    return false;
  }

  private boolean isIncrement(long valueBits) {
    return preparedRecord.kind().isLong()
        ? valueBits >= 0
        : Double.longBitsToDouble(valueBits) >= 0;
  }

  private long startTime(long time) {
    if (!preparedRecord.kind().isSum()) {
      return 0;
    }
    long last = lastTime.getOpaque();
    lastTime.setOpaque(time);
    // Two threads at once may get the same start; an interval never ends before it starts.
    return Math.min(last, time);
  }

  @Override
  public String toString() {
    return "name=" + name + ", recordLength=" + preparedRecord.length() + ", priority=" + priority;
  }
}
