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
 * One export of sums of longs with four attributes, to {@code /dev/null}.
 *
 * <ul>
 *   <li>{@link #call}: how long {@code export} keeps its caller, which encodes and publishes. The
 *       wait for the result follows outside the measurement. JMH's clock around each call adds some
 *       tens of nanoseconds, which matters for one point only.
 *   <li>{@link #untilWritten}: until the result is done, that is until the consumer has written the
 *       last record. The caller spins meanwhile. The consumer may have gone to sleep before, and
 *       wakes up by itself: the less there is to encode, the more of this is its wait strategy and
 *       the scheduler.
 * </ul>
 *
 * <p>The ring has room for a whole export, and an export that fails ends the run: no record is
 * dropped. Not in the figures: the SDK's collection, and tracing in the kernel. Needs a core for
 * the consumer besides the caller's.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // By JMH.
public class ExportBenchmark {

  /** For 10,000 records; packed, these are some 250, for which the default is enough. */
  private static final int RING_SLOTS_SINGLE = 1 << 14;

  /** How points become events. */
  public enum Packing {
    /** As many points in a record, and records in an event, as fit: the default. */
    PACKED,
    /** One point per event, as the Rust and .NET exporters do. */
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
            // Nobody reads it: the pace is the consumer's.
            .setPacing(0, 0);
    if (packing == Packing.SINGLE) {
      builder.setMaxPointsPerRecord(1).setGatherRecords(false).setRingSlots(RING_SLOTS_SINGLE);
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
