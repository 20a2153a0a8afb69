// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.exporter.internal.otlp.metrics.LowAllocationMetricsRequestMarshaler;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.userevents.exporter.CollectedMetrics;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.pipeline.RecordPipelineBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the encoding of the same metrics by the exporter's encoder, by the low-allocation
 * marshaler of OpenTelemetry Java's OTLP exporters, and by protobuf-java with the classes generated
 * from OTLP. Points have four attributes; histograms have 16 buckets, exponential ones some 20.
 *
 * <p>The three do not do exactly the same. The encoder makes records of at most 4,048 bytes and
 * repeats resource, scope and metric header in each; the others make one message of any length. The
 * encoder knows the attributes from the export before, as in a service; the marshaler starts from
 * the beginning each time. The records go to a sink that only counts their bytes; the bytes of the
 * others go through their buffers to a stream that does the same.
 */
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // By JMH.
public class EncodeBenchmark {

  /** Kinds of points. */
  @SuppressWarnings("MemberName") // The names are parameters on the command line.
  public enum Type {
    longSum,
    doubleGauge,
    histogram,
    exponentialHistogram
  }

  @Param public Type type;

  @Param({"1", "100", "10000"})
  public int points;

  private final RecordEncoder encoder =
      new RecordEncoder(
          RecordPipelineBuilder.DEFAULT_MAX_RECORD_LENGTH,
          Integer.MAX_VALUE,
          UserEventsMetricExporterBuilder.DEFAULT_ENCODING_CACHE_MEMORY);
  private final RecordEncoder uncachedEncoder =
      new RecordEncoder(RecordPipelineBuilder.DEFAULT_MAX_RECORD_LENGTH, Integer.MAX_VALUE, 0);
  private final CountingSink sink = new CountingSink();
  private final LowAllocationMetricsRequestMarshaler marshaler =
      new LowAllocationMetricsRequestMarshaler();
  private final CountingStream stream = new CountingStream();

  private Collection<MetricData> metrics;

  @Setup
  public void collect() {
    metrics =
        switch (type) {
          case longSum -> CollectedMetrics.longSums(points);
          case doubleGauge -> CollectedMetrics.doubleGauges(points);
          case histogram -> CollectedMetrics.histograms(points);
          case exponentialHistogram -> CollectedMetrics.exponentialHistograms(points);
        };
  }

  @Benchmark
  public long userEvents() {
    sink.bytes = 0;
    encoder.encode(metrics, sink);
    return sink.bytes;
  }

  /** Encodes as if all points were exported for the first time. */
  @Benchmark
  public long userEventsUncached() {
    sink.bytes = 0;
    uncachedEncoder.encode(metrics, sink);
    return sink.bytes;
  }

  @Benchmark
  public long otelMarshaler() throws IOException {
    stream.bytes = 0;
    marshaler.initialize(metrics);
    try {
      marshaler.writeBinaryTo(stream);
    } finally {
      marshaler.reset();
    }
    return stream.bytes;
  }

  @Benchmark
  public long protobufJava() throws IOException {
    stream.bytes = 0;
    ProtobufRequest.of(metrics).writeTo(stream);
    return stream.bytes;
  }

  private static final class CountingSink implements RecordSink {

    long bytes;

    @Override
    public void onRecord(DirectBuffer buffer, int offset, int length, int points) {
      bytes += length;
    }

    @Override
    public void onEnvelopeReduced(EnvelopeReduction reduction) {
      throw new IllegalStateException("nothing is that long: " + reduction);
    }

    @Override
    public void onPointReduced(MetricData metric, PointData point, boolean withoutDescription) {
      throw new IllegalStateException("no point is that large: " + point);
    }

    @Override
    public void onPointTooLarge(MetricData metric, PointData point, int encodedLength) {
      throw new IllegalStateException("no point is that large: " + point);
    }
  }

  private static final class CountingStream extends OutputStream {

    long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
      bytes += length;
    }
  }
}
