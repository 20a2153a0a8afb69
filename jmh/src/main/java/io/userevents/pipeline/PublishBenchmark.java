// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.memory.NativeRegion;
import io.userevents.tracepoint.DevNullTracepoint;
import io.userevents.tracepoint.EventVector;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * What a caller pays for one record of 200 bytes: the pipeline, or {@code writev} on its own
 * thread. Both write to {@code /dev/null}, so that the kernel's part is only the entry and exit of
 * the system call.
 *
 * <p>In both, an operation ends with a record that was taken: {@link #disruptor} tries again while
 * the ring is full, and counts those refusals ({@code full}, per trial). Threads publish without a
 * pause, so with many refusals the figure is the consumer's pace rather than the caller's cost. The
 * consumer's time on its own core is not in the figure; {@link #synchronousWritev} has no other
 * thread.
 *
 * <p>Run with {@code -t} for more threads.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PublishBenchmark {

  private static final int RECORD_LENGTH = 200;

  /** One pipeline for all threads. */
  @State(Scope.Benchmark)
  public static class Pipeline {

    final RecordPipeline pipeline =
        RecordPipeline.builder().setTracepoint(new DevNullTracepoint(true)).build();

    /** A benchmark that drops its records measures something else. */
    @TearDown
    public void close() {
      pipeline.close();
      PipelineStatistics statistics = pipeline.statistics();
      long refused = statistics.count(Outcome.DROPPED_FULL);
      if (statistics.written() + refused != statistics.offered()) {
        throw new IllegalStateException("records were lost: " + statistics);
      }
    }
  }

  /** One file for all threads, as one pipeline has. */
  @State(Scope.Benchmark)
  public static class File {

    final DevNullTracepoint tracepoint = new DevNullTracepoint(true);

    @TearDown
    public void close() {
      tracepoint.close();
    }
  }

  /** What a thread publishes, and the event that it writes by itself. */
  @State(Scope.Thread)
  public static class ThreadRecord {

    final NativeRegion region = NativeRegion.allocate(RECORD_LENGTH, 64);
    final DirectBuffer buffer = region.buffer();
    final EventVector event = new EventVector(1, RECORD_LENGTH);
  }

  /** How often a record was refused and offered again. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Refusals {

    public long full;
  }

  @Benchmark
  public void disruptor(Pipeline state, ThreadRecord record, Refusals refusals) {
    while (!state.pipeline.publish(record.buffer, 0, RECORD_LENGTH)) {
      refusals.full++;
      Thread.onSpinWait();
    }
  }

  @Benchmark
  public int synchronousWritev(File file, ThreadRecord record) {
    if (!file.tracepoint.isEnabled()) {
      throw new IllegalStateException("always enabled");
    }
    EventVector event = record.event;
    event.clear();
    event.add(record.buffer, 0, RECORD_LENGTH);
    int result = file.tracepoint.write(event);
    if (result != 0) {
      throw new IllegalStateException("write failed: result=" + result);
    }
    return result;
  }
}
