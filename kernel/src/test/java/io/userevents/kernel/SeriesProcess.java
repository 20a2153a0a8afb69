// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleGauge;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.exporter.ExporterStatistics;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.pipeline.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * An application with very many series, in a process of its own; SDK and exporter are as they are
 * made by default. It waits for a listener, records each series once and ends.
 *
 * <p>Each instrument has {@value #SERIES_PER_INSTRUMENT} series, with their numbers as attribute
 * {@link #SERIES} and, from 1, as value.
 */
final class SeriesProcess implements AutoCloseable {

  /** As many as the SDK keeps apart by default: its limit is one higher, for the rest. */
  static final int SERIES_PER_INSTRUMENT = 1999;

  static final String SERIES = "series";

  /** Of the names of instruments of each kind, which end in a number. */
  enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM,
    EXPONENTIAL;

    String nameOf(int instrument) {
      return name().toLowerCase(Locale.ROOT) + "." + instrument;
    }
  }

  private static final long LIMIT_SECONDS = 900;

  private static final String READY = "ready";

  private final Process process;
  private final BufferedReader output;

  private SeriesProcess(Process process) {
    this.process = process;
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts it and waits until it has registered the event.
   *
   * @param instruments of each kind
   * @param log where its log goes
   * @param prefix a command that runs the process, e.g. on one processor
   */
  static SeriesProcess start(List<Integer> instruments, Path log, List<String> prefix)
      throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(KernelTests.javaOfThisProcess(), "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx768m", "-Duser.language=en", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(SeriesProcess.class.getName());
    instruments.forEach(count -> command.add(count.toString()));
    SeriesProcess started =
        new SeriesProcess(new ProcessBuilder(command).redirectError(log.toFile()).start());
    assertThat(started.output.readLine()).as("said by the process").isEqualTo(READY);
    return started;
  }

  /** Waits until it has exported all and ended, and returns what it says of that. */
  String end() throws IOException, InterruptedException {
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      System.out.println("series: " + line);
      said.append(line).append('\n');
    }
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("the process ends").isTrue();
    assertThat(process.exitValue()).isZero();
    return said.toString();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] arguments) throws Exception {
    int[] instruments = IntStream.range(0, 4).map(i -> Integer.parseInt(arguments[i])).toArray();
    UserEventsMetricExporter exporter = UserEventsMetricExporter.create();
    SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .registerMetricReader(PeriodicMetricReader.create(exporter))
            .registerView(
                InstrumentSelector.builder().setName("exponential.*").build(),
                View.builder()
                    .setAggregation(Aggregation.base2ExponentialBucketHistogram())
                    .build())
            .build();
    System.out.println(READY);
    Tracing.await("attachment", exporter::isAttached);
    long startNs = System.nanoTime();
    recordAll(provider.get("many"), instruments);
    long recordedNs = System.nanoTime();
    CompletableResultCode flushed = provider.forceFlush().join(LIMIT_SECONDS, TimeUnit.SECONDS);
    long flushedNs = System.nanoTime();
    provider.close();
    ExporterStatistics statistics = exporter.statistics();
    System.out.printf(
        "recorded in %d ms, exported in %d ms%n",
        TimeUnit.NANOSECONDS.toMillis(recordedNs - startNs),
        TimeUnit.NANOSECONDS.toMillis(flushedNs - recordedNs));
    System.out.println(
        "success="
            + flushed.isSuccess()
            + " written="
            + statistics.points(Outcome.WRITTEN)
            + " dropped="
            + statistics.pipeline().dropped()
            + " unaccounted="
            + (statistics.pipeline().offered() - statistics.pipeline().outcomes()));
    System.out.println(statistics);
  }

  private static void recordAll(Meter meter, int[] instruments) {
    Attributes[] series =
        IntStream.range(0, SERIES_PER_INSTRUMENT)
            .mapToObj(SeriesProcess::attributes)
            .toArray(Attributes[]::new);
    for (int i = 0; i < instruments[Kind.COUNTER.ordinal()]; i++) {
      LongCounter counter = meter.counterBuilder(Kind.COUNTER.nameOf(i)).build();
      for (int s = 0; s < series.length; s++) {
        counter.add(s + 1, series[s]);
      }
    }
    for (int i = 0; i < instruments[Kind.GAUGE.ordinal()]; i++) {
      DoubleGauge gauge = meter.gaugeBuilder(Kind.GAUGE.nameOf(i)).build();
      for (int s = 0; s < series.length; s++) {
        gauge.set(s + 1, series[s]);
      }
    }
    for (Kind kind : List.of(Kind.HISTOGRAM, Kind.EXPONENTIAL)) {
      for (int i = 0; i < instruments[kind.ordinal()]; i++) {
        DoubleHistogram histogram = meter.histogramBuilder(kind.nameOf(i)).build();
        for (int s = 0; s < series.length; s++) {
          histogram.record(s + 1, series[s]);
        }
      }
    }
  }

  private static Attributes attributes(int series) {
    return Attributes.of(
        AttributeKey.stringKey("customer"),
        "customer-" + series,
        AttributeKey.stringKey("region"),
        "eu-central-1",
        AttributeKey.longKey(SERIES),
        (long) series,
        AttributeKey.stringKey("status"),
        "ok");
  }
}
