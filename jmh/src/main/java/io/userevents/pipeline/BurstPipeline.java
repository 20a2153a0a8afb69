// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.DevNullTracepoint;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A pipeline with the defaults that is published to in bursts, for which its ring has room: what a
 * publisher pays that never meets a full ring. For up to four threads, each with a {@link Drain}.
 */
@State(Scope.Benchmark)
public class BurstPipeline {

  /** Records of one burst, a quarter of the ring. */
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

    /** The time between bursts is not measured, and bursts are long against what JMH adds. */
    @TearDown(Level.Invocation)
    public void await(BurstPipeline burst) {
      burst.pipeline.flush().join();
    }
  }
}
