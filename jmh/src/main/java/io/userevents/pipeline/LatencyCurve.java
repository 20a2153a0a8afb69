// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.DevNullTracepoint;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The durations of calls in nanoseconds.
 *
 * @param refused number of calls whose record was refused, including the warm-up
 * @param calls number of all calls, including the warm-up
 */
public record LatencyCurve(String name, Histogram histogram, long refused, long calls) {

  private static final long MAX_NS = TimeUnit.SECONDS.toNanos(10);
  private static final int SIGNIFICANT_DIGITS = 3;

  /** The share of additional samples during which the JVM compiles. */
  private static final double WARM_UP = 0.25;

  /** Measures two readings of the clock with no call between. */
  static LatencyCurve baseline(Load load, long samples) {
    return measure("nothing (clock and machine)", null, load, samples);
  }

  /** Measures publishing to a pipeline that is built and closed for this. */
  static LatencyCurve publish(String name, RecordPipelineBuilder builder, Load load, long samples) {
    RecordPipeline pipeline = builder.setTracepoint(new DevNullTracepoint(true)).build();
    LatencyCurve curve = measure(name, pipeline, load, samples);
    pipeline.close();
    PipelineStatistics statistics = pipeline.statistics();
    if (statistics.offered() != curve.calls
        || statistics.count(Outcome.DROPPED_FULL) != curve.refused
        || statistics.written() != curve.calls - curve.refused) {
      throw new IllegalStateException("records were lost: " + statistics);
    }
    return curve;
  }

  private static LatencyCurve measure(
      String name, @Nullable RecordPipeline pipeline, Load load, long samples) {
    System.err.println(name);
    Histogram histogram = new Histogram(MAX_NS, SIGNIFICANT_DIGITS);
    ThreadRecord record = new ThreadRecord();
    long refused = call(pipeline, record, load, (long) (samples * WARM_UP), histogram);
    long calls = histogram.getTotalCount();
    histogram.reset();
    refused += call(pipeline, record, load, samples, histogram);
    return new LatencyCurve(name, histogram, refused, calls + histogram.getTotalCount());
  }

  /** Returns the number of refusals. */
  private static long call(
      @Nullable RecordPipeline pipeline,
      ThreadRecord record,
      Load load,
      long samples,
      Histogram histogram) {
    long refused = 0;
    for (long done = 0; done < samples; ) {
      for (int i = 0; i < load.burst(); i++, done++) {
        // Every second record is more important, for the policy that cares.
        int priority = i & 1;
        long startNs = System.nanoTime();
        boolean taken =
            pipeline == null
                || pipeline.publish(record.buffer, 0, ThreadRecord.LENGTH, priority).isAccepted();
        long endNs = System.nanoTime();
        histogram.recordValue(Math.min(endNs - startNs, MAX_NS));
        if (!taken) {
          refused++;
        }
      }
      pause(load.pauseNs());
    }
    return refused;
  }

  private static void pause(long pauseNs) {
    long startNs = System.nanoTime();
    while (System.nanoTime() - startNs < pauseNs) {
      Thread.onSpinWait();
    }
  }

  /** Returns the refused calls in percent of all. */
  public double refusedPercent() {
    return 100.0 * refused / calls;
  }
}
