// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import io.userevents.bench.UnwillingReceiver.Mode;
import io.userevents.cli.forward.LoadedForward;
import io.userevents.exporter.PackedEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Prints the highest resident memory of the command {@code forward} with its defaults, while an
 * endpoint hangs or reads 1 KB a second: with and without a spool, with and without gzip. Each is a
 * process of its own, ended by SIGTERM; its last line accounts for the events.
 *
 * <p>Arguments: number of series; points per second; seconds of each; an empty folder for spools;
 * optionally {@code spool} or {@code memory} for one half of the table. The flags of this JVM are
 * those of the agent.
 */
public final class ForwardMemory {

  private static final int MIB_KIB = 1024;

  private ForwardMemory() {}

  /** Measures and prints. */
  public static void main(String[] args) throws Exception {
    if (args.length < 4) {
      System.err.println("arguments: SERIES POINTS_PER_SECOND SECONDS FOLDER [spool|memory]");
      System.exit(2);
    }
    String half = args.length > 4 ? args[4] : "";
    int series = Integer.parseInt(args[0]);
    double pointsPerEvent = (double) series / PackedEvents.ofLongSums(series).size();
    System.out.println(
        "| endpoint | events wait in | compression | points a second | after 30 s | highest | CPU |"
            + " accounts |");
    System.out.println("|---|---|---|---:|---:|---:|---:|---|");
    for (String place : List.of("memory", "spool")) {
      for (Mode mode : Mode.values()) {
        for (String compression : List.of("none", "gzip")) {
          if (half.isEmpty() || half.equals(place)) {
            measure(mode, place.equals("spool"), compression, pointsPerEvent, args);
          }
        }
      }
    }
  }

  private static long received(String accounts) {
    return Long.parseLong(accounts.replaceFirst(".*received=(\\d+).*", "$1"));
  }

  private static void measure(
      Mode mode, boolean isSpooling, String compression, double pointsPerEvent, String[] args)
      throws Exception {
    Path spool = Path.of(args[3]).resolve(mode.label() + "-" + compression);
    Path log = Files.createTempFile("forward", ".log");
    long seconds = Long.parseLong(args[2]);
    try (UnwillingReceiver receiver = UnwillingReceiver.start(mode)) {
      List<String> command = new ArrayList<>(Commands.java());
      command.addAll(List.of(LoadedForward.class.getName(), "steady", args[0], args[1]));
      command.addAll(List.of(receiver.url(), "--compression=" + compression));
      if (isSpooling) {
        command.add("--spool=" + spool);
      }
      Process agent =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        long startKib = 0;
        for (long second = 0; second < seconds; second++) {
          TimeUnit.SECONDS.sleep(1);
          startKib = second == 30 ? status(agent, "VmRSS:") : startKib;
        }
        long highestKib = status(agent, "VmHWM:");
        double cpus = agent.info().totalCpuDuration().orElseThrow().toMillis() / 1e3 / seconds;
        agent.destroy();
        int status = agent.waitFor();
        List<String> lines = Files.readAllLines(log);
        String last = lines.get(lines.size() - 1);
        System.out.printf(
            Locale.ROOT,
            "| %s | %s | %s | %.0f | %d MiB | %d MiB | %.2f | %s (exit %d) |%n",
            mode.label(),
            isSpooling ? "spool" : "memory",
            compression,
            received(last) * pointsPerEvent / seconds,
            startKib / MIB_KIB,
            highestKib / MIB_KIB,
            cpus,
            last,
            status);
      } finally {
        agent.destroyForcibly();
      }
    } finally {
      Files.delete(log);
      if (Files.exists(spool)) {
        Commands.deleteFolder(spool);
      }
    }
  }

  private static long status(Process process, String name) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
