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
 * Measures the records per second that are written to {@code /dev/null}, with many records in an
 * event or one in each. Publishers wait while the ring is full, so all records are written; the end
 * checks this.
 *
 * <p>In the kernel, the figures include only the entry into the system call and the return, which
 * gathering saves. They do not include the cost of tracing for each byte.
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

  /** The record that a thread publishes. */
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
