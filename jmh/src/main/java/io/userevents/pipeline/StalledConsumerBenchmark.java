// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.StalledTracepoint;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the cost of a record to its publisher while the consumer hangs in a write and the ring
 * is full, with each policy that drops without sleeping. For comparison, it measures a record that
 * finds room.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StalledConsumerBenchmark {

  /** Policies of {@link BackPressurePolicies}. */
  public enum Policy {
    DROP,
    DROP_BY_PRIORITY,
    SPIN_100_THEN_DROP;

    BackPressurePolicy create() {
      return switch (this) {
        case DROP -> BackPressurePolicies.drop();
        case DROP_BY_PRIORITY -> BackPressurePolicies.dropByPriority(0.5, 1);
        case SPIN_100_THEN_DROP -> BackPressurePolicies.spinThenDrop(100);
      };
    }
  }

  /** A pipeline whose ring stays full. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH calls the setup first.
  public static class StalledPipeline {

    private static final int HIGH_PRIORITY = 1;

    @Param public Policy policy;

    private final StalledTracepoint tracepoint = new StalledTracepoint();
    private RecordPipeline pipeline;

    @Setup
    public void fill() throws InterruptedException {
      pipeline =
          RecordPipeline.builder()
              .setTracepoint(tracepoint)
              .setBackPressurePolicy(policy.create())
              .build();
      ThreadRecord record = new ThreadRecord();
      publish(record);
      // From here on the consumer frees no slot.
      tracepoint.awaitStalled();
      while (publish(record)) {}
    }

    /** Fails if more records were written than those that filled the ring. */
    @TearDown
    public void close() {
      tracepoint.letGo();
      pipeline.close();
      PipelineStatistics statistics = pipeline.statistics();
      long dropped = statistics.count(Outcome.DROPPED_FULL);
      if (statistics.written() != RecordPipelineBuilder.DEFAULT_RING_SLOTS
          || statistics.written() + dropped != statistics.offered()) {
        throw new IllegalStateException("the ring was not full all the time: " + statistics);
      }
    }

    private boolean publish(ThreadRecord record) {
      return pipeline.publish(record.buffer, 0, ThreadRecord.LENGTH, HIGH_PRIORITY).isAccepted();
    }
  }

  @Benchmark
  public PublishResult drop(StalledPipeline state, ThreadRecord record) {
    return state.pipeline.publish(record.buffer, 0, ThreadRecord.LENGTH);
  }

  @Benchmark
  @OperationsPerInvocation(BurstPipeline.LENGTH)
  public void publish(BurstPipeline burst, ThreadRecord record, BurstPipeline.Drain drain) {
    for (int i = 0; i < BurstPipeline.LENGTH; i++) {
      burst.pipeline.publish(record.buffer, 0, ThreadRecord.LENGTH);
    }
  }
}
