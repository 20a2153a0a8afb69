// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.sink;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.userevents.cli.series.Series;
import io.userevents.cli.series.SeriesFilter;
import io.userevents.cli.series.SeriesTable;
import io.userevents.listener.EventHandler;
import io.userevents.listener.Sample;
import io.userevents.listener.TracepointFormat;
import io.userevents.listener.file.EventFile;
import io.userevents.listener.file.PerfDataWriter;
import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.EventFormat;
import io.userevents.listener.internal.EventView;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the cost of an event of about 200 bytes with one point to {@code user-events listen},
 * from a file of events in the page cache up to the text for the terminal. The points belong to
 * {@value #SERIES} series.
 */
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH calls the setup first.
public class ListenBenchmark {

  private static final int EVENTS = 20_000;
  private static final int SERIES = 100;
  private static final String NAME = "otlp_metrics";
  private static final int TYPE = 1500;
  private static final int PAYLOAD = 24;
  private static final int LOC = 20;
  private static final int PID = 4242;
  private static final String FORMAT =
      """
      name: otlp_metrics
      ID: 1500
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
      \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
      \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
      \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

      \tfield:u32 protocol;\toffset:8;\tsize:4;\tsigned:0;
      \tfield:char[8] version;\toffset:12;\tsize:8;\tsigned:0;
      \tfield:__rel_loc u8[] buffer;\toffset:20;\tsize:4;\tsigned:0;

      print fmt: ""
      """;

  /** The output of listen: the table of a terminal, lines, objects, or OTLP. */
  @Param({"TABLE", "TEXT", "JSONL", "OTLP"})
  public Shown shown;

  private Path file;
  private Sink sink;

  /** A form of output. */
  public enum Shown {
    TABLE,
    TEXT,
    JSONL,
    OTLP
  }

  @Setup
  public void write() throws Exception {
    file = Files.createTempFile("listen", ".data");
    TracepointFormat format = new TracepointFormat(NAME, TYPE, FORMAT);
    EventDecoder decoder = new EventDecoder(List.of(EventFormat.parse(NAME, FORMAT)));
    EventView view = new EventView();
    Sample sample = new Sample(view);
    try (PerfDataWriter writer = PerfDataWriter.create(file, List.of(format))) {
      for (int i = 0; i < EVENTS; i++) {
        UnsafeBuffer event = event(payload(i));
        decoder.decode(event, 0, event.capacity());
        view.wrap(event, decoder, i * 1000L, 0);
        view.writtenBy(PID, PID);
        writer.onEvent(sample);
        if (i % SERIES == 0) {
          writer.endRound();
        }
      }
    }
    PrintWriter out = new PrintWriter(Writer.nullWriter());
    sink =
        switch (shown) {
          case TABLE -> new SeriesSink(SeriesFilter.ALL, new Hidden());
          case TEXT -> new SeriesSink(SeriesFilter.ALL, new LineOutput(out, LineOutput.Style.TEXT));
          case JSONL ->
              new SeriesSink(SeriesFilter.ALL, new LineOutput(out, LineOutput.Style.JSON));
          case OTLP -> new OtlpSink(out, false, SeriesFilter.ALL);
        };
  }

  private static UnsafeBuffer event(byte[] payload) {
    UnsafeBuffer event = new UnsafeBuffer(new byte[PAYLOAD + payload.length]);
    event.putShort(0, (short) TYPE);
    event.putInt(4, PID);
    event.putInt(LOC, payload.length << 16);
    event.putBytes(PAYLOAD, payload);
    return event;
  }

  private static byte[] payload(int number) {
    long time = 1_700_000_000_000_000_000L + number;
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    var resource = request.addResourceMetricsBuilder();
    resource.getResourceBuilder().addAttributes(text("service.name", "order-gateway"));
    var scope = resource.addScopeMetricsBuilder();
    scope.getScopeBuilder().setName("io.example.trading");
    scope
        .addMetricsBuilder()
        .setName("trading.orders.sent")
        .setUnit("{order}")
        .setSum(
            Sum.newBuilder()
                .setIsMonotonic(true)
                .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
                .addDataPoints(
                    NumberDataPoint.newBuilder()
                        .setStartTimeUnixNano(time)
                        .setTimeUnixNano(time + 1_000_000)
                        .setAsInt(number)
                        .addAttributes(text("side", "buy"))
                        .addAttributes(text("venue", "xetra"))
                        .addAttributes(text("book", "B" + number % SERIES))));
    return request.build().toByteArray();
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  /** Reads the file once. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public long listen() throws IOException {
    long before = sink.points();
    EventHandler handler =
        sample -> {
          byte[] event = new byte[sample.payload().capacity()];
          sample.payload().getBytes(0, event);
          sink.add(event, sample.pid(), sample.timestampNs());
        };
    try (EventFile events = EventFile.builder(file).open()) {
      while (events.poll(handler) != EventFile.END) {
        sink.refresh("", 0);
      }
    }
    long points = sink.points() - before;
    if (points != EVENTS) {
      throw new IllegalStateException("points=" + points);
    }
    return points;
  }

  @TearDown
  public void delete() throws IOException {
    Files.delete(file);
  }

  /** Discards the table of a terminal, which is drawn twice a second with any number of points. */
  private static final class Hidden implements Output {

    @Override
    public void changed(Series series) {}

    @Override
    public void refresh(SeriesTable table, String status, long nowNs) {}

    @Override
    public void end(SeriesTable table, String status, long nowNs) {}

    @Override
    public void close() {}
  }
}
