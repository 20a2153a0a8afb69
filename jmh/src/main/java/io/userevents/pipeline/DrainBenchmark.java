// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.DevNullTracepoint;
import io.userevents.tracepoint.EventVector;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the cost of a record of 200 bytes to the consumer, without a concurrent publisher:
 * {@link #drain} takes 1,000 records from the ring and writes them to {@code /dev/null} in 50
 * events. {@link #write} makes the same 50 system calls with the same number of records in each, so
 * the difference between the two is the consumer's own work.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class DrainBenchmark {

  private static final int EVENTS = 50;

  /** The number of records in an event of 4,048 bytes. */
  private static final int RECORDS_PER_EVENT = 20;

  private static final int RECORDS = EVENTS * RECORDS_PER_EVENT;

  private final DevNullTracepoint tracepoint = new DevNullTracepoint(true);
  private final EventVector event =
      new EventVector(RECORDS_PER_EVENT, RECORDS_PER_EVENT * ThreadRecord.LENGTH);
  private final PipelineInvoker invoker =
      RecordPipeline.builder().setTracepoint(new DevNullTracepoint(true)).buildInvoker();

  @Setup
  public void open(ThreadRecord record) {
    invoker.start();
    for (int i = 0; i < RECORDS_PER_EVENT; i++) {
      event.add(new UnsafeBuffer(record.buffer), 0, ThreadRecord.LENGTH);
    }
  }

  /** Fills the ring, which is not measured. */
  @Setup(Level.Invocation)
  public void fill(ThreadRecord record) {
    for (int i = 0; i < RECORDS; i++) {
      if (!invoker.pipeline().publish(record.buffer, 0, ThreadRecord.LENGTH).isAccepted()) {
        throw new IllegalStateException("the ring is not empty");
      }
    }
  }

  @TearDown(Level.Invocation)
  public void empty() {
    while (invoker.invoke() > 0) {}
  }

  @TearDown
  public void close() {
    invoker.close();
    PipelineStatistics statistics = invoker.pipeline().statistics();
    if (statistics.count(Outcome.WRITTEN) != statistics.offered()) {
      throw new IllegalStateException("records were not written: " + statistics);
    }
    event.free();
    tracepoint.close();
  }

  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public int drain() {
    int taken = 0;
    while (taken < RECORDS) {
      taken += invoker.invoke();
    }
    return taken;
  }

  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public int write() {
    int failures = 0;
    for (int i = 0; i < EVENTS; i++) {
      failures += tracepoint.write(event);
    }
    return failures;
  }
}
