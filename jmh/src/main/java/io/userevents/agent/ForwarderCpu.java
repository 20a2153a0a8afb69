// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import com.sun.management.OperatingSystemMXBean;
import io.userevents.exporter.PackedEvents;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Prints the cost of the agent, a line for each round: CPU time of all threads of its process for
 * each point in nanoseconds, points per second, dropped events and resident memory. The events are
 * those of an exporter with the given number of series; they are in memory and come at a steady
 * rate. The endpoint is another process. The variables {@code OTEL_EXPORTER_OTLP_*} hold, such as
 * {@code OTEL_EXPORTER_OTLP_COMPRESSION}.
 *
 * <p>Arguments: URL of the endpoint; number of series; points per second; rounds; seconds of a
 * round. With 0 rounds, each line of standard input starts one, which ends when all its events are
 * sent, and no events come between the rounds.
 */
public final class ForwarderCpu {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final double MIB_KIB = 1024;

  private ForwarderCpu() {}

  /** Measures and prints. */
  public static void main(String[] args) throws Exception {
    if (args.length != 5) {
      System.err.println("arguments: URL SERIES POINTS_PER_SECOND ROUNDS SECONDS");
      System.exit(2);
    }
    int series = Integer.parseInt(args[1]);
    List<byte[]> events = PackedEvents.ofLongSums(series);
    RepeatedEvents source = new RepeatedEvents(events, series, Long.parseLong(args[2]));
    Forwarder forwarder =
        Forwarder.builder("otlp_metrics")
            .setEnvironment(System.getenv())
            .setEndpoint(args[0])
            .setSelfMetricsInterval(Duration.ZERO)
            .start(() -> source);
    System.out.printf(
        Locale.ROOT, "%d series in %d events of %d bytes%n", series, events.size(), bytes(events));
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long seconds = Long.parseLong(args[4]);
    int rounds = Integer.parseInt(args[3]);
    if (rounds == 0) {
      source.pause();
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (lines.readLine() != null) {
        round(forwarder, source, process, seconds, /* isAlone= */ true);
      }
    }
    for (int round = 0; round < rounds; round++) {
      round(forwarder, source, process, seconds, /* isAlone= */ false);
    }
    forwarder.close();
    System.out.println(forwarder.statistics().text());
  }

  private static void round(
      Forwarder forwarder,
      RepeatedEvents source,
      OperatingSystemMXBean process,
      long seconds,
      boolean isAlone)
      throws Exception {
    long cpuNs = process.getProcessCpuTime();
    long points = source.points();
    long startNs = System.nanoTime();
    source.resume();
    TimeUnit.SECONDS.sleep(seconds);
    long elapsedNs = System.nanoTime() - startNs;
    if (isAlone) {
      source.pause();
      while (isPending(forwarder.statistics())) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
    long handedOut = source.points() - points;
    long usedNs = process.getProcessCpuTime() - cpuNs;
    System.out.printf(
        Locale.ROOT,
        "cpu_ns_per_point=%.2f points_per_second=%.0f cores=%.2f rss_mib=%.0f %s%n",
        (double) usedNs / handedOut,
        handedOut * 1e9 / elapsedNs,
        (double) usedNs / elapsedNs,
        residentKib() / MIB_KIB,
        forwarder.statistics().text());
  }

  private static boolean isPending(ForwarderStatistics statistics) {
    return statistics.memoryBytes() > 0 || statistics.events(Outcome.IN_SPOOL) > 0;
  }

  private static long bytes(List<byte[]> events) {
    return events.stream().mapToLong(event -> event.length).sum();
  }

  private static long residentKib() throws Exception {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
