// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.exporter.ExporterStatistics;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.listener.Source;
import io.userevents.listener.TracepointListener;
import io.userevents.pipeline.Outcome;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures how many events of one export a reader with its default buffer loses, with and without
 * pacing. {@code docs/pacing.md} has its command and its figures. The arguments are
 *
 * <ol>
 *   <li>the packing: packed or single
 *   <li>the pacing: {@code default}, {@code none}, or bytes a second and bytes at once with a colon
 *       between them
 *   <li>readers: perf, ftrace (as text), ftrace-raw or listener, with commas between them
 *   <li>numbers of points, with commas between them
 *   <li>how often each is measured
 * </ol>
 *
 * <p>It prints a line for each time: the events that were written and those that were received, the
 * losses that the reader and the kernel report, and the points that the exporter dropped because
 * they found no slot in time.
 */
public final class BurstLoss {

  private static final int POINTS_PER_METRIC = 2000;
  private static final int WARM_UP_POINTS = 20_000;
  private static final int WARM_UP_EXPORTS = 8;
  private static final long LIMIT_SECONDS = 600;
  private static final long SETTLE_MS = 1500;
  private static final String ENTRIES = "(?m)^entries: +(\\d+)";
  private static final int ALL = Integer.MAX_VALUE;

  /** The events as the reader has received them. */
  private record Reception(long events, String remark) {}

  /** Records while an export runs. */
  private interface Reader {

    /** Ends the reader when it has read everything. */
    Reception end() throws Exception;
  }

  private BurstLoss() {}

  /** Runs the measurements and prints a line for each. */
  public static void main(String[] args) throws Exception {
    UserEventsMetricExporterBuilder builder =
        UserEventsMetricExporter.builder().setOnePointPerEvent(args[0].equals("single"));
    if (args[1].equals("none")) {
      builder.setPacing(0, 0);
    } else if (!args[1].equals("default")) {
      String[] pacing = args[1].split(":", 2);
      builder.setPacing(Long.parseLong(pacing[0]), Integer.parseInt(pacing[1]));
    }
    try (UserEventsMetricExporter exporter = builder.build()) {
      boolean unused = exporter.awaitRegistration(Duration.ofSeconds(60));
      warmUp(exporter);
      for (String points : args[3].split(",", -1)) {
        List<MetricData> metrics = numbered(Integer.parseInt(points));
        for (String reader : args[2].split(",", -1)) {
          for (int run = Integer.parseInt(args[4]); run > 0; run--) {
            System.out.printf(
                "packing=%s pacing=%s reader=%s points=%s %s%n",
                args[0], args[1], reader, points, measure(exporter, metrics, reader));
          }
        }
      }
    }
  }

  private static String measure(
      UserEventsMetricExporter exporter, List<MetricData> metrics, String reader) throws Exception {
    ExporterStatistics before = exporter.statistics();
    Reader started = start(reader);
    Tracing.await("attachment", exporter::isAttached);
    TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
    long startNs = System.nanoTime();
    boolean success = export(exporter, metrics);
    long elapsedNs = System.nanoTime() - startNs;
    TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
    Reception reception = started.end();
    ExporterStatistics after = exporter.statistics();
    long events = after.pipeline().events() - before.pipeline().events();
    Tracing.await("detachment", () -> !exporter.isAttached());
    return String.format(
        Locale.ROOT,
        "success=%s events=%d writeCalls=%d received=%d lost=%d bytes=%d ms=%d"
            + " points.dropped_full=%d %s",
        success,
        events,
        after.pipeline().writeCalls() - before.pipeline().writeCalls(),
        reception.events(),
        events - reception.events(),
        after.pipeline().writtenBytes() - before.pipeline().writtenBytes(),
        TimeUnit.NANOSECONDS.toMillis(elapsedNs),
        after.points(Outcome.DROPPED_FULL) - before.points(Outcome.DROPPED_FULL),
        reception.remark());
  }

  private static void warmUp(UserEventsMetricExporter exporter) throws Exception {
    List<MetricData> metrics = numbered(WARM_UP_POINTS);
    Tracing.enable(true);
    for (int i = 0; i < WARM_UP_EXPORTS; i++) {
      export(exporter, metrics);
    }
    Tracing.enable(false);
    Tracing.clear();
  }

  private static boolean export(UserEventsMetricExporter exporter, List<MetricData> metrics) {
    return exporter.export(metrics).join(LIMIT_SECONDS, TimeUnit.SECONDS).isSuccess();
  }

  private static List<MetricData> numbered(int points) {
    int perMetric = Math.min(points, POINTS_PER_METRIC);
    return new NumberedPoints(points / perMetric, perMetric).toExport();
  }

  private static Reader start(String reader) throws Exception {
    return switch (reader) {
      case "perf" -> perf();
      case "ftrace" -> ftrace(List.of(Tracing.TRACEFS.resolve("trace_pipe")));
      case "ftrace-raw" -> ftrace(rawPipes());
      case "listener" -> listener();
      default ->
          throw new IllegalArgumentException("perf, ftrace, ftrace-raw or listener, not " + reader);
    };
  }

  /** perf as in its manual, without options. */
  private static Reader perf() throws IOException {
    Path data = Files.createTempDirectory("burst").resolve("perf.data");
    Process perf =
        new ProcessBuilder(
                "perf", "record", "-a", "-e", "user_events:" + Tracing.EVENT, "-o", data.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return () -> {
      Tracing.run("kill", "-INT", String.valueOf(perf.pid()));
      perf.waitFor();
      String statistics = Tracing.run("perf", "report", "-i", data.toString(), "--stats");
      Files.delete(data);
      return new Reception(
          // The first count is for all events; the following counts are for each kind of event.
          count(statistics, "SAMPLE events: +(\\d+)", 1),
          "records of losses=" + count(statistics, "LOST events: +(\\d+)", 1));
    };
  }

  /** The kernel's own buffer, copied from these files. */
  private static Reader ftrace(List<Path> pipes) throws IOException {
    List<Process> copies = new ArrayList<>();
    for (Path pipe : pipes) {
      copies.add(
          new ProcessBuilder("cat", pipe.toString()).redirectOutput(new File("/dev/null")).start());
    }
    Tracing.enable(true);
    return () -> {
      String statistics = statistics();
      long left = Long.MAX_VALUE;
      // Waits while the reader still reads events from the buffer.
      while (count(statistics, ENTRIES, ALL) < left) {
        left = count(statistics, ENTRIES, ALL);
        TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
        statistics = statistics();
      }
      Tracing.enable(false);
      for (Process copy : copies) {
        copy.destroy();
        copy.waitFor();
      }
      Tracing.clear();
      // Unread events are not lost.
      return new Reception(
          count(statistics, "read events: +(\\d+)", ALL) + count(statistics, ENTRIES, ALL),
          "unread=%d overrun=%d dropped=%d"
              .formatted(
                  count(statistics, ENTRIES, ALL),
                  count(statistics, "(?m)^overrun: +(\\d+)", ALL),
                  count(statistics, "dropped events: +(\\d+)", ALL)));
    };
  }

  /** Reads the raw pages of each processor. */
  private static List<Path> rawPipes() {
    return Stream.of(cpus()).map(cpu -> cpu.toPath().resolve("trace_pipe_raw")).toList();
  }

  private static String statistics() throws IOException {
    StringBuilder statistics = new StringBuilder();
    for (File cpu : cpus()) {
      statistics.append(Files.readString(cpu.toPath().resolve("stats")));
    }
    return statistics.toString();
  }

  private static Reader listener() throws Exception {
    TracepointListener listener =
        TracepointListener.builder(Tracing.EVENT).setSource(Source.FTRACE).open();
    long[] received = new long[1];
    Thread thread =
        new Thread(
            () -> {
              try {
                while (listener.poll(sample -> received[0]++, 100) != TracepointListener.CLOSED) {}
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    return () -> {
      listener.close();
      thread.join();
      return new Reception(received[0], "missed=" + listener.statistics().missedEvents());
    };
  }

  private static File[] cpus() {
    File[] cpus =
        Tracing.TRACEFS
            .resolve("per_cpu")
            .toFile()
            .listFiles((folder, name) -> name.startsWith("cpu"));
    return cpus == null ? new File[0] : cpus;
  }

  /** Sums up this many counts from the first on. */
  private static long count(String text, String pattern, int matches) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .limit(matches)
        .mapToLong(match -> Long.parseLong(match.group(1)))
        .sum();
  }
}
