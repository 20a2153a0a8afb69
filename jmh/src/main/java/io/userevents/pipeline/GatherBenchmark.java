// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.tracepoint.DevNullTracepoint;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Records per second that get to {@code /dev/null}, with many of them in an event or one in each.
 * Publishers wait while the ring is full, so that all are written, which is checked at the end.
 *
 * <p>The kernel's part is only the way into the system call and back, which is what gathering
 * saves; what tracing costs by the byte it does not.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the setup first.
public class GatherBenchmark {

  @Param({"100", "200", "1000", "4000"})
  public int recordLength;

  @Param({"true", "false"})
  public boolean gather;

  private RecordPipeline pipeline;

  @Setup
  public void start() {
    pipeline =
        RecordPipeline.builder()
            .setTracepoint(new DevNullTracepoint(true))
            .setBackPressurePolicy(BackPressurePolicies.waitUnbounded())
            .setGatherRecords(gather)
            .build();
  }

  @TearDown
  public void close() {
    Completeness.close(pipeline);
  }

  /** What a thread publishes. */
  @State(Scope.Thread)
  public static class LongRecord {

    final NativeRegion region =
        NativeRegion.allocate(RecordPipelineBuilder.DEFAULT_MAX_RECORD_LENGTH, 64);
  }

  @Benchmark
  public PublishResult publish(LongRecord record) {
    return pipeline.publish(record.region.buffer(), 0, recordLength);
  }
}
