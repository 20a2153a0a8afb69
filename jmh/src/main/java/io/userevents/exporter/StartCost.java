// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.userevents.pipeline.TracepointState;
import io.userevents.pipeline.TracepointStateListener;
import io.userevents.tracepoint.DevNullTracepoint;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Prints the cost of an exporter to the start and the size of a JVM: the time of {@code build} and
 * until the tracepoint is registered, classes, threads and memory. New JVMs run one after the
 * other.
 *
 * <p>Each JVM first loads the SDK's classes and 100 points, because an application has these
 * anyway. It then builds an exporter to {@code /dev/null}, waits for its registration, exports
 * once, and builds a second exporter, which finds all classes loaded.
 *
 * <p>Arguments: number of JVMs, 20 by default; further arguments are options of the JVMs. With
 * {@code -Darchive=FILE} the JVMs use an archive of classes (AppCDS), which the first one makes.
 */
public final class StartCost {

  private static final int DEFAULT_RUNS = 20;
  private static final int POINTS = 100;
  private static final String MEASURED = "start-cost";
  private static final String RESULT = "result: ";
  private static final long LIMIT_SECONDS = 60;
  private static final String[] NAMES = {
    "`build`, ms",
    "until registered, ms",
    "second `build`, ms",
    "first `export`, ms",
    "JVM's start until `build`, ms",
    "classes loaded by `build`",
    "classes loaded by `build` and the first export",
    "threads after the first export",
    "resident memory after the first export, KiB",
  };

  /** Columns before this one are in nanoseconds. */
  private static final int TIMES = 5;

  private StartCost() {}

  /** Prints a table. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (Boolean.getBoolean(MEASURED)) {
      measure();
      return;
    }
    int runs = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_RUNS;
    List<String> options =
        new ArrayList<>(args.length > 1 ? List.of(args).subList(1, args.length) : List.of());
    String archive = System.getProperty("archive");
    if (archive != null) {
      List<String> making = new ArrayList<>(options);
      making.add("-XX:ArchiveClassesAtExit=" + archive);
      inFreshJvm(making);
      options.add("-XX:SharedArchiveFile=" + archive);
    }
    List<long[]> measured = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      measured.add(inFreshJvm(options));
    }
    System.out.println("| | median | lowest | highest |");
    System.out.println("|---|---:|---:|---:|");
    for (int column = 0; column < NAMES.length; column++) {
      print(column, measured);
    }
  }

  private static void print(int column, List<long[]> measured) {
    long[] sorted = measured.stream().mapToLong(run -> run[column]).sorted().toArray();
    double unit = column < TIMES ? 1e6 : 1;
    String format =
        column < TIMES ? "| %s | %.1f | %.1f | %.1f |%n" : "| %s | %.0f | %.0f | %.0f |%n";
    System.out.printf(
        Locale.ROOT,
        format,
        NAMES[column],
        sorted[sorted.length / 2] / unit,
        sorted[0] / unit,
        sorted[sorted.length - 1] / unit);
  }

  private static long[] inFreshJvm(List<String> options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("-D" + MEASURED + "=true");
    command.addAll(options);
    command.add(StartCost.class.getName());
    Process jvm =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jvm.waitFor() != 0) {
      throw new IllegalStateException("a JVM has failed: " + String.join(" ", command));
    }
    // A JVM that writes an archive says so on its standard output as well.
    String result =
        output.lines().filter(line -> line.startsWith(RESULT)).findFirst().orElseThrow();
    return Arrays.stream(result.substring(RESULT.length()).split(" ", -1))
        .mapToLong(Long::parseLong)
        .toArray();
  }

  private static void measure() throws IOException, InterruptedException {
    var metrics = CollectedMetrics.longSums(POINTS);
    Size before = Size.measure();
    long aliveNs = TimeUnit.MILLISECONDS.toNanos(ManagementFactory.getRuntimeMXBean().getUptime());
    CountDownLatch registered = new CountDownLatch(1);

    long startNs = System.nanoTime();
    UserEventsMetricExporter exporter = build(registered);
    long buildNs = System.nanoTime() - startNs;
    long classesOfBuild = Size.classes() - before.classes;
    await(registered);
    long registeredNs = System.nanoTime() - startNs;
    startNs = System.nanoTime();
    CompletableResultCode exported = exporter.export(metrics);
    long exportNs = System.nanoTime() - startNs;
    if (!exported.join(LIMIT_SECONDS, TimeUnit.SECONDS).isSuccess()) {
      throw new IllegalStateException("points were dropped", exported.getFailureThrowable());
    }
    Size after = Size.measure();

    startNs = System.nanoTime();
    UserEventsMetricExporter second = build(new CountDownLatch(1));
    long secondNs = System.nanoTime() - startNs;
    second.close();
    exporter.close();
    long[] result = {
      buildNs,
      registeredNs,
      secondNs,
      exportNs,
      aliveNs,
      classesOfBuild,
      after.classes - before.classes,
      after.threads - before.threads,
      after.residentKb - before.residentKb
    };
    System.out.println(
        RESULT + String.join(" ", Arrays.stream(result).mapToObj(Long::toString).toList()));
  }

  private static UserEventsMetricExporter build(CountDownLatch registered) {
    return UserEventsMetricExporter.builder()
        .setTracepoint(new DevNullTracepoint(true))
        .setStateListener(
            new TracepointStateListener() {
              @Override
              public void onStateChange(TracepointState previous, TracepointState current) {
                if (current == TracepointState.REGISTERED) {
                  registered.countDown();
                }
              }
            })
        .build();
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the tracepoint was not registered");
    }
  }

  /** The size of the JVM. */
  private static final class Size {
    private final long classes;
    private final long threads;
    private final long residentKb;

    private Size(long classes, long threads, long residentKb) {
      this.classes = classes;
      this.threads = threads;
      this.residentKb = residentKb;
    }

    static Size measure() throws IOException {
      System.gc();
      return new Size(
          classes(), ManagementFactory.getThreadMXBean().getThreadCount(), residentKb());
    }

    static long classes() {
      return ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
    }

    private static long residentKb() throws IOException {
      try (var lines = Files.lines(Path.of("/proc/self/status"))) {
        return lines
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow();
      }
    }
  }
}
