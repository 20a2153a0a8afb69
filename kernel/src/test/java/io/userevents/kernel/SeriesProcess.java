// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.exporter.ExporterStatistics;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.kernel.ManySeries.Kind;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An application with very many series, in a separate process. Each line of its input has the
 * number of instruments of each kind. For each line, it creates an SDK and an exporter with all
 * defaults, waits for a listener, records each series once, flushes and closes.
 */
final class SeriesProcess implements AutoCloseable {

  private static final String READY = "ready";

  /** The limit for a test that hangs. The exporter has its own limits. */
  private static final long LIMIT_SECONDS = 900;

  private final Process process;
  private final BufferedReader output;
  private final PrintStream input;
  private final Path log;

  /** The process's own account of one export. */
  record Account(String text) {

    long count(String name) {
      Matcher matcher = Pattern.compile("\\b" + name + "=(\\d+)\\b").matcher(text);
      assertThat(matcher.find()).as("%s in %s", name, text).isTrue();
      return Long.parseLong(matcher.group(1));
    }
  }

  private SeriesProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /**
   * Starts it.
   *
   * @param prefix a command that runs the process, e.g. on one processor
   */
  static SeriesProcess start(List<String> prefix) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(KernelTests.javaOfThisProcess(), "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-XX:+UseSerialGC", "-Xms1g", "-Xmx1200m", "-Duser.language=en", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), SeriesProcess.class.getName()));
    Path log = Files.createTempFile("series", ".log");
    return new SeriesProcess(new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
  }

  /** Lets the process create an SDK, and waits until the SDK has registered the event. */
  void begin(int[] instruments) throws IOException {
    input.println(
        Arrays.stream(instruments).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
    assertThat(output.readLine()).as("said by the process").isEqualTo(READY);
  }

  /** Waits until the process has exported everything and closed its SDK. */
  Account end() throws IOException {
    String line = output.readLine();
    System.out.println("series: " + line);
    return new Account(String.valueOf(line));
  }

  /** Returns the log of the process. */
  String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] arguments) throws Exception {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      export(Stream.of(line.split(" ", -1)).mapToInt(Integer::parseInt).toArray());
    }
  }

  private static void export(int[] instruments) throws InterruptedException {
    UserEventsMetricExporter exporter = UserEventsMetricExporter.create();
    SdkMeterProvider provider =
        SdkMeterProvider.builder()
            // One export, by the flush: the reader drops a flush's metrics while it exports others,
            // and a slow machine records for longer than its interval of a minute.
            .registerMetricReader(
                PeriodicMetricReader.builder(exporter).setInterval(Duration.ofDays(1)).build())
            .registerView(
                InstrumentSelector.builder()
                    .setName(Kind.EXPONENTIAL_HISTOGRAM.prefix() + "*")
                    .build(),
                View.builder()
                    .setAggregation(Aggregation.base2ExponentialBucketHistogram())
                    .build())
            .build();
    System.out.println(READY);
    Tracing.await("attachment", exporter::isAttached);
    long startNs = System.nanoTime();
    ManySeries.record(provider.get("many"), instruments);
    long recordedNs = System.nanoTime();
    CompletableResultCode flushed = provider.forceFlush().join(LIMIT_SECONDS, TimeUnit.SECONDS);
    long flushedNs = System.nanoTime();
    CompletableResultCode shutDown = provider.shutdown().join(LIMIT_SECONDS, TimeUnit.SECONDS);
    ExporterStatistics statistics = exporter.statistics();
    PipelineStatistics pipeline = statistics.pipeline();
    System.out.printf(
        "flushed=%s shutDown=%s written=%d notWritten=%d skippedExports=%d offered=%d outcomes=%d"
            + " dropped=%d events=%d recordingMs=%d exportingMs=%d availableProcessors=%d %s%n",
        flushed.isSuccess(),
        shutDown.isSuccess(),
        statistics.points(Outcome.WRITTEN),
        Stream.of(Outcome.values())
            .filter(outcome -> outcome != Outcome.WRITTEN)
            .mapToLong(statistics::points)
            .sum(),
        statistics.skippedExports(),
        pipeline.offered(),
        pipeline.outcomes(),
        pipeline.dropped(),
        pipeline.events(),
        TimeUnit.NANOSECONDS.toMillis(recordedNs - startNs),
        TimeUnit.NANOSECONDS.toMillis(flushedNs - recordedNs),
        Runtime.getRuntime().availableProcessors(),
        statistics);
  }
}
