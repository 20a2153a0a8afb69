// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.listener.TracepointListener;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures how many events of one export a reader with its default buffer loses, with and without
 * pacing. The arguments of a run are the reader (perf, ftrace or listener), the packing (packed or
 * single), the number of points, and the pacing in bytes a second and bytes at once, 0 and 0 for
 * none. {@code docs/tuning.md} has its command and its figures.
 */
public final class BurstLoss {

  private static final int POINTS_PER_METRIC = 2000;
  private static final int WARM_UP_POINTS = 20_000;
  private static final int WARM_UP_EXPORTS = 8;
  private static final long LIMIT_SECONDS = 600;
  private static final long SETTLE_MS = 1500;

  /** Records while an export runs. */
  private interface Reader {

    /** Ends it and returns how many events it has received. */
    long end() throws Exception;
  }

  private BurstLoss() {}

  /** Runs one measurement and prints a line. */
  public static void main(String[] args) throws Exception {
    String reader = args[0];
    boolean single = args[1].equals("single");
    int points = Integer.parseInt(args[2]);
    UserEventsMetricExporterBuilder builder =
        UserEventsMetricExporter.builder()
            .setOnePointPerEvent(single)
            .setPacing(Long.parseLong(args[3]), Integer.parseInt(args[4]));
    try (UserEventsMetricExporter exporter = builder.build()) {
      warmUp(exporter);
      List<MetricData> metrics = numbered(points);
      long eventsBefore = exporter.statistics().pipeline().events();
      Reader started = start(reader);
      Tracing.await("attachment", exporter::isAttached);
      TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
      long startNs = System.nanoTime();
      boolean success = export(exporter, metrics);
      long elapsedNs = System.nanoTime() - startNs;
      TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
      long received = started.end();
      long events = exporter.statistics().pipeline().events() - eventsBefore;
      System.out.printf(
          "reader=%s packing=%s points=%d pacing=%s:%s success=%s events=%d received=%d lost=%d"
              + " ms=%d%n",
          reader,
          args[1],
          points,
          args[3],
          args[4],
          success,
          events,
          received,
          events - received,
          TimeUnit.NANOSECONDS.toMillis(elapsedNs));
    }
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
      case "ftrace" -> ftrace();
      case "listener" -> listener();
      default -> throw new IllegalArgumentException("perf, ftrace or listener, not " + reader);
    };
  }

  /** As its manual shows it, with nothing set. */
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
      // The first count is of all events, those behind it are of each kind of event.
      Matcher samples = Pattern.compile("SAMPLE events: +(\\d+)").matcher(statistics);
      return samples.find() ? Long.parseLong(samples.group(1)) : 0;
    };
  }

  /** The kernel's own buffer, read as text. */
  private static Reader ftrace() throws IOException {
    Process cat =
        new ProcessBuilder("cat", Tracing.TRACEFS.resolve("trace_pipe").toString())
            .redirectOutput(new File("/dev/null"))
            .start();
    Tracing.enable(true);
    return () -> {
      String statistics = "";
      for (File cpu : cpus()) {
        statistics += Files.readString(cpu.toPath().resolve("stats"), StandardCharsets.UTF_8);
      }
      Tracing.enable(false);
      cat.destroy();
      Tracing.clear();
      return count(statistics, "read events: +(\\d+)") + count(statistics, "entries: +(\\d+)");
    };
  }

  private static Reader listener() throws Exception {
    TracepointListener listener = TracepointListener.builder(Tracing.EVENT).open();
    long[] received = new long[1];
    Thread thread =
        new Thread(
            () -> {
              try {
                while (listener.poll((buffer, timestampNs, cpu, tid) -> received[0]++, 100)
                    != TracepointListener.CLOSED) {}
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    return () -> {
      listener.close();
      thread.join();
      return received[0];
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

  private static long count(String text, String pattern) {
    long sum = 0;
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    while (matcher.find()) {
      sum += Long.parseLong(matcher.group(1));
    }
    return sum;
  }
}
