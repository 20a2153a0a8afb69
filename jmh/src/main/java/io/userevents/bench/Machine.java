// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;

/**
 * The machine and JVM that the figures come from.
 *
 * @param processor model of the first processor
 * @param processors number of processors that the JVM may use
 * @param kernel release of Linux
 * @param jdk vendor and version of the JDK
 * @param jvmArguments arguments of this program and the JVMs that it starts
 * @param busyPercent percentage of all processors that other work used in the second before the
 *     first experiment
 * @param measured time in UTC at which the run began
 */
record Machine(
    String processor,
    int processors,
    String kernel,
    String jdk,
    List<String> jvmArguments,
    double busyPercent,
    String measured) {

  private static final double MAX_BUSY_PERCENT = 10;
  private static final long LOOK_MS = 1000;

  /** Index of the idle ticks, which those of waiting for input and output follow. */
  private static final int IDLE = 3;

  /** Observes the machine for a second. */
  static Machine read(List<String> jvmArguments) throws IOException, InterruptedException {
    return new Machine(
        processorModel(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.version") + " " + System.getProperty("os.arch"),
        System.getProperty("java.vm.vendor") + " " + Runtime.version(),
        jvmArguments,
        lookAtUse(),
        Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
  }

  /** Returns whether other work uses so much of the processors that it affects the figures. */
  boolean isBusy() {
    return busyPercent > MAX_BUSY_PERCENT;
  }

  private static String processorModel() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown (" + e.getMessage() + ")";
    }
  }

  private static double lookAtUse() throws IOException, InterruptedException {
    long[] before = ticks();
    Thread.sleep(LOOK_MS);
    long[] after = ticks();
    double all = after[0] - before[0];
    return all == 0 ? 0 : 100 * (1 - (after[1] - before[1]) / all);
  }

  /**
   * Returns all ticks of all processors, and the idle ones. The fields are user, nice, system,
   * idle, iowait, irq and so on; {@code proc_stat} in Documentation/filesystems/proc.rst of Linux.
   */
  private static long[] ticks() throws IOException {
    String line = Files.readAllLines(Path.of("/proc/stat")).get(0);
    long[] fields =
        Arrays.stream(line.substring("cpu".length()).strip().split(" ", -1))
            .mapToLong(Long::parseLong)
            .toArray();
    return new long[] {Arrays.stream(fields).sum(), fields[IDLE] + fields[IDLE + 1]};
  }
}
