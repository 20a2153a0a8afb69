// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import com.sun.management.OperatingSystemMXBean;
import io.userevents.exporter.PackedEvents;
import java.lang.management.ManagementFactory;
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
 * round.
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
    for (int round = 0; round < Integer.parseInt(args[3]); round++) {
      long cpuNs = process.getProcessCpuTime();
      long points = source.points();
      long startNs = System.nanoTime();
      TimeUnit.SECONDS.sleep(seconds);
      long elapsedNs = System.nanoTime() - startNs;
      long handedOut = source.points() - points;
      System.out.printf(
          Locale.ROOT,
          "cpu_ns_per_point=%.2f points_per_second=%.0f cores=%.2f rss_mib=%.0f %s%n",
          (double) (process.getProcessCpuTime() - cpuNs) / handedOut,
          handedOut * 1e9 / elapsedNs,
          (double) (process.getProcessCpuTime() - cpuNs) / elapsedNs,
          residentKib() / MIB_KIB,
          forwarder.statistics().text());
    }
    forwarder.close();
    System.out.println(forwarder.statistics().text());
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
