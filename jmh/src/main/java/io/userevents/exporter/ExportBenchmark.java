// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.tracepoint.DevNullTracepoint;
import java.util.Collection;
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
 * One export, from the call until its result is done: encoding on the calling thread, and the
 * consumer's {@code writev} of the last record to {@code /dev/null}. The calling thread spins while
 * it waits. Points are sums of longs with four attributes.
 *
 * <p>The ring has room for a whole export, and an export that fails ends the run: no record is
 * dropped. Not in the figures: the SDK's collection, tracing in the kernel, and the consumer's
 * longest sleep, since back to back exports keep it awake.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // By JMH.
public class ExportBenchmark {

  private static final int RING_SLOTS = 1 << 14;

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
            .setRingSlots(RING_SLOTS);
    if (packing == Packing.SINGLE) {
      builder.setMaxPointsPerRecord(1).setGatherRecords(false);
    }
    exporter = builder.build();
  }

  @TearDown
  public void shutdown() {
    exporter.shutdown().join(10, TimeUnit.SECONDS);
  }

  @Benchmark
  public CompletableResultCode export() {
    CompletableResultCode result = exporter.export(metrics);
    while (!result.isDone()) {
      Thread.onSpinWait();
    }
    if (!result.isSuccess()) {
      throw new IllegalStateException("points were dropped", result.getFailureThrowable());
    }
    return result;
  }
}
