// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.DevNullTracepoint;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
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
 * What the pipeline costs its callers while nobody listens: to ask whether somebody does, and to
 * publish a record without asking. The latter is counted as offered and as dropped; nothing is
 * copied.
 *
 * <p>Not in the figures: the consumer, which wakes up every few milliseconds meanwhile.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class DisabledBenchmark {

  private static final int RECORD_LENGTH = 200;

  private final RecordPipeline pipeline =
      RecordPipeline.builder().setTracepoint(new DevNullTracepoint(false)).build();
  private final DirectBuffer record = new UnsafeBuffer(new byte[RECORD_LENGTH]);

  @TearDown
  public void close() {
    pipeline.close();
  }

  @Benchmark
  public boolean isAttached() {
    return pipeline.isAttached();
  }

  @Benchmark
  public boolean publish() {
    return pipeline.publish(record, 0, RECORD_LENGTH);
  }
}
