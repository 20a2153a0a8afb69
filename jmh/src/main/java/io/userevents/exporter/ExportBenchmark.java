// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.tracepoint.DevNullTracepoint;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * Measures one export of sums of longs with four attributes, to {@code /dev/null}.
 *
 * <ul>
 *   <li>{@link #call} measures how long {@code export} keeps its caller, which encodes and
 *       publishes. The wait for the result follows outside the measurement. JMH's clock around each
 *       call adds some tens of nanoseconds, which matters only for one point.
 *   <li>{@link #untilWritten} measures until the result is done, which is when the consumer has
 *       written the last record. The caller spins meanwhile. The consumer may have gone to sleep
 *       before: the fewer points there are to encode, the larger is the share of its wait strategy
 *       and of the scheduler.
 * </ul>
 *
 * <p>The ring has room for a whole export, and an export that fails ends the run, so no record is
 * dropped. The figures do not include the SDK's collection and tracing in the kernel. The benchmark
 * needs one core for the caller and one for the consumer.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // By JMH.
public class ExportBenchmark {

  /**
   * The slots for 10,000 records; packed, they are some 250 records, for which the default is
   * enough.
   */
  private static final int RING_SLOTS_SINGLE = 1 << 14;

  /** How points become events. */
  public enum Packing {
    /** The default: as many points in a record, and records in an event, as fit. */
    PACKED,
    /** One point per event, as in the Rust and .NET exporters. */
    SINGLE
  }

  @Param({"1", "100", "10000"})
  public int points;

  @Param public Packing packing;

  private Collection<MetricData> metrics;
  private UserEventsMetricExporter exporter;

  @Setup
  public void start() {
    metrics = CollectedMetrics.longSums(points);
    UserEventsMetricExporterBuilder builder =
        UserEventsMetricExporter.builder()
            .setTracepoint(new DevNullTracepoint(true))
            // There is no reader, so the consumer sets the pace.
            .setPacing(0, 0);
    if (packing == Packing.SINGLE) {
      builder.setOnePointPerEvent(true).setRingSlots(RING_SLOTS_SINGLE);
    }
    exporter = builder.build();
  }

  @TearDown
  public void shutdown() {
    exporter.shutdown().join(10, TimeUnit.SECONDS);
  }

  /** The result of the last call. */
  @State(Scope.Thread)
  public static class Pending {

    private @Nullable CompletableResultCode result;

    @TearDown(Level.Invocation)
    public void await() {
      if (result != null) {
        ExportBenchmark.await(result);
      }
    }
  }

  @Benchmark
  public CompletableResultCode call(Pending pending) {
    CompletableResultCode result = exporter.export(metrics);
    pending.result = result;
    return result;
  }

  @Benchmark
  public CompletableResultCode untilWritten() {
    return await(exporter.export(metrics));
  }

  private static CompletableResultCode await(CompletableResultCode result) {
    while (!result.isDone()) {
      Thread.onSpinWait();
    }
    if (!result.isSuccess()) {
      throw new IllegalStateException("points were dropped", result.getFailureThrowable());
    }
    return result;
  }
}
