// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.DevNullTracepoint;
import io.userevents.tracepoint.EventVector;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures one record of 200 bytes on its way to {@code /dev/null}, so that the kernel's part is
 * only the entry into the system call and the return.
 *
 * <ul>
 *   <li>{@link #synchronousWritev}: one record, one system call, on the caller's own thread. There
 *       is no other thread.
 *   <li>{@link #disruptor}: through the pipeline, without a pause.
 *   <li>{@link #arrayBlockingQueue}: through a queue of the JDK, without a pause.
 *   <li>{@link #manyToOneRingBuffer}: through a ring of Agrona, without a pause.
 *   <li>{@link #disruptorBurst}: the caller's cost to publish in bursts that the ring has room for.
 *       Between bursts, outside the measurement, the consumer empties the ring. The figure does not
 *       include its work on its own core.
 * </ul>
 *
 * <p>The three without a pause work in the same way. One consumer thread gathers waiting records
 * into events of at most 4,048 bytes and writes each with one {@code writev}. There is room for
 * about 1,024 records, and a publisher that finds no room waits. So every operation is a record
 * that is written, which the end checks, and the figure is the pace of the slower side: the
 * callers' cost, or the consumer's.
 *
 * <p>The benchmark needs a core for the consumer in addition to those of the publishers; otherwise
 * it measures the scheduler. Run it with {@code -t} for more threads, 4 at most for the bursts.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PublishBenchmark {

  /** A pipeline whose callers wait while its ring is full. */
  @State(Scope.Benchmark)
  public static class WaitingPipeline {

    final RecordPipeline pipeline =
        RecordPipeline.builder()
            .setTracepoint(new DevNullTracepoint(true))
            .setBackPressurePolicy(BackPressurePolicies.waitUnbounded())
            .build();

    @TearDown
    public void close() {
      Completeness.close(pipeline);
    }
  }

  /** The one file of all threads, as in a pipeline. */
  @State(Scope.Benchmark)
  public static class File {

    final DevNullTracepoint tracepoint = new DevNullTracepoint(true);

    @TearDown
    public void close() {
      tracepoint.close();
    }
  }

  @Benchmark
  public PublishResult disruptor(WaitingPipeline state, ThreadRecord record) {
    return state.pipeline.publish(record.buffer, 0, ThreadRecord.LENGTH);
  }

  @Benchmark
  @OperationsPerInvocation(BurstPipeline.LENGTH)
  public void disruptorBurst(BurstPipeline burst, ThreadRecord record, BurstPipeline.Drain drain) {
    for (int i = 0; i < BurstPipeline.LENGTH; i++) {
      burst.pipeline.publish(record.buffer, 0, ThreadRecord.LENGTH);
    }
  }

  @Benchmark
  public void arrayBlockingQueue(ArrayBlockingQueueState state, ThreadRecord record)
      throws InterruptedException {
    record.offered++;
    state.publish(record.buffer, ThreadRecord.LENGTH);
  }

  @Benchmark
  public void manyToOneRingBuffer(
      ManyToOneRingBufferState state,
      ManyToOneRingBufferState.Backoff backoff,
      ThreadRecord record) {
    record.offered++;
    state.publish(record.buffer, ThreadRecord.LENGTH, backoff.idleStrategy);
  }

  @Benchmark
  public int synchronousWritev(File file, ThreadRecord record) {
    if (!file.tracepoint.isEnabled()) {
      throw new IllegalStateException("always enabled");
    }
    EventVector event = record.event;
    event.clear();
    event.add(record.buffer, 0, ThreadRecord.LENGTH);
    int result = file.tracepoint.write(event);
    if (result != 0) {
      throw new IllegalStateException("write failed: result=" + result);
    }
    return result;
  }
}
