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
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One record of 200 bytes: through the pipeline, or by {@code writev} on the caller's own thread.
 * Both write to {@code /dev/null}, so that the kernel's part is only the way into the system call
 * and back.
 *
 * <ul>
 *   <li>{@link #synchronousWritev}: one record, one system call. There is no other thread.
 *   <li>{@link #disruptorBurst}: what the caller pays to publish, in bursts that the ring has room
 *       for. Between bursts, outside the measurement, the consumer empties the ring. Its work on
 *       its own core is not in the figure.
 *   <li>{@link #disruptor}: publishing without a pause. While the ring is full the record is
 *       offered again, so every operation is a record that is in the ring; the refusals are counted
 *       ({@code full}, in all iterations). With many of them the figure is the pace of the slower
 *       side, the consumer, and not the caller's cost.
 * </ul>
 *
 * <p>Needs a core for the consumer besides those of the publishers: without, the scheduler is
 * measured. Run with {@code -t} for more threads, 4 at most for the bursts.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PublishBenchmark {

  private static final int RECORD_LENGTH = 200;

  /** A quarter of the ring. */
  private static final int BURST = RecordPipelineBuilder.DEFAULT_RING_SLOTS / 4;

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

  /** Lets the ring run empty after each burst. */
  @State(Scope.Thread)
  public static class Drain {

    /** The time between bursts is not measured, and bursts are long against what JMH adds. */
    @TearDown(Level.Invocation)
    public void await(Pipeline state) {
      state.pipeline.flush().join();
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
  @OperationsPerInvocation(BURST)
  public void disruptorBurst(Pipeline state, ThreadRecord record, Drain drain) {
    for (int i = 0; i < BURST; i++) {
      if (!state.pipeline.publish(record.buffer, 0, RECORD_LENGTH)) {
        throw new IllegalStateException("a burst fits into the ring");
      }
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
