// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.DevNullTracepoint;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the cost of the pipeline to its callers while no listener is attached: checking for a
 * listener, and publishing or claiming without a check. The latter two count a record as offered
 * and as dropped, and copy nothing. {@link #baseline} is an empty call, which shows the time of JMH
 * itself; all figures include it.
 *
 * <p>The figures do not include the consumer, which wakes up every few milliseconds meanwhile.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class DisabledBenchmark {

  private final RecordPipeline pipeline =
      RecordPipeline.builder().setTracepoint(new DevNullTracepoint(false)).build();

  /** Fails if a record was dropped for a reason other than detachment. */
  @TearDown
  public void close() {
    pipeline.close();
    PipelineStatistics statistics = pipeline.statistics();
    if (statistics.count(Outcome.DROPPED_DETACHED) != statistics.offered()) {
      throw new IllegalStateException("a listener was attached: " + statistics);
    }
  }

  @Benchmark
  public void baseline() {}

  @Benchmark
  public boolean isAttached() {
    return pipeline.isAttached();
  }

  @Benchmark
  public PublishResult publish(ThreadRecord record) {
    return pipeline.publish(record.buffer, 0, ThreadRecord.LENGTH);
  }

  @Benchmark
  public RecordClaim tryClaim() {
    return pipeline.tryClaim(ThreadRecord.LENGTH);
  }
}
