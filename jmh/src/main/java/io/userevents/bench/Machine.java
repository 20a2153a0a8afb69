// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The machine and JVM that the figures come from.
 *
 * @param processor the first one's model
 * @param processors that the JVM may use
 * @param kernel release of Linux
 * @param jdk vendor and version
 * @param jvmArguments of this program and the JVMs that it starts
 * @param loadBefore load average of the minute before the first experiment
 * @param measured when it began, UTC
 */
record Machine(
    String processor,
    int processors,
    String kernel,
    String jdk,
    List<String> jvmArguments,
    double loadBefore,
    String measured) {

  static Machine read(List<String> jvmArguments) {
    return new Machine(
        processorModel(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.version") + " " + System.getProperty("os.arch"),
        System.getProperty("java.vm.vendor") + " " + Runtime.version(),
        jvmArguments,
        load(),
        Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
  }

  /** Above a few percent of the processors, other work is in the figures. */
  boolean isBusy() {
    return loadBefore > 0.25 * processors;
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

  private static double load() {
    return java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }
}
