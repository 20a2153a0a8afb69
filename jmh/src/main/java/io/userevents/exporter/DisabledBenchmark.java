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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures an export of 10,000 points while no listener is attached. The exporter does not read the
 * points, so their number does not matter. The figure does not include the SDK's collection, which
 * a reader makes anyway.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class DisabledBenchmark {

  private final Collection<MetricData> metrics = CollectedMetrics.longSums(10_000);
  private final UserEventsMetricExporter exporter =
      UserEventsMetricExporter.builder().setTracepoint(new DevNullTracepoint(false)).build();

  @TearDown
  public void shutdown() {
    exporter.shutdown().join(10, TimeUnit.SECONDS);
  }

  @Benchmark
  public CompletableResultCode export() {
    return exporter.export(metrics);
  }
}
