// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.DevNullTracepoint;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A pipeline with the defaults, for bursts that its ring has room for. It shows the cost to a
 * publisher that never finds a full ring. It is for up to four threads, each with a {@link Drain}.
 */
@State(Scope.Benchmark)
public class BurstPipeline {

  /** The number of records in a burst, a quarter of the ring. */
  public static final int LENGTH = RecordPipelineBuilder.DEFAULT_RING_SLOTS / 4;

  public final RecordPipeline pipeline =
      RecordPipeline.builder().setTracepoint(new DevNullTracepoint(true)).build();

  @TearDown
  public void close() {
    Completeness.close(pipeline);
  }

  /** Lets the ring run empty after each burst. */
  @State(Scope.Thread)
  public static class Drain {

    /**
     * Waits until the ring is empty. This time is not measured, and bursts are long compared to the
     * time that JMH adds.
     */
    @TearDown(Level.Invocation)
    public void await(BurstPipeline burst) {
      burst.pipeline.flush().join();
    }
  }
}
