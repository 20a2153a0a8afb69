// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The resources that this process holds.
 *
 * @param residentBytes of memory, all of it. From smaps_rollup, which counts pages; the sums in
 *     statm and status are kept per CPU and may be off by dozens of pages each (proc(5))
 * @param heapBytes of objects
 * @param directBytes of off-heap memory that the JVM has allocated for buffers
 * @param descriptors that are open
 * @param threads of the JVM as well as of Java
 */
record Footprint(
    long residentBytes, long heapBytes, long directBytes, int descriptors, int threads) {

  private static final BufferPoolMXBean DIRECT_MEMORY =
      ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .filter(pool -> pool.getName().equals("direct"))
          .findFirst()
          .orElseThrow();

  private static final long SETTLING_NS = TimeUnit.SECONDS.toNanos(60);

  /** Now, with what waits to be collected. */
  static Footprint now() throws IOException {
    return new Footprint(
        readResidentBytes(),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        directBytesNow(),
        entries("/proc/self/fd"),
        entries("/proc/self/task"));
  }

  /**
   * When the garbage is collected. A thread is gone only some time after it has done its work, and
   * memory is freed by a thread of the JVM some time after its owner is collected, so both are
   * waited for, but not for ever: what stays has leaked.
   */
  static Footprint settledTo(Footprint before) throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + SETTLING_NS;
    System.gc();
    while ((directBytesNow() > before.directBytes || entries("/proc/self/task") > before.threads)
        && System.nanoTime() - deadlineNs < 0) {
      TimeUnit.MILLISECONDS.sleep(10);
      System.gc();
    }
    return now();
  }

  static long directBytesNow() {
    return DIRECT_MEMORY.getMemoryUsed();
  }

  /** Reads what {@link #toLine()} has written. */
  static Footprint parse(String line) {
    String[] fields = line.split(" ", -1);
    return new Footprint(
        Long.parseLong(fields[0]),
        Long.parseLong(fields[1]),
        Long.parseLong(fields[2]),
        Integer.parseInt(fields[3]),
        Integer.parseInt(fields[4]));
  }

  String toLine() {
    return residentBytes + " " + heapBytes + " " + directBytes + " " + descriptors + " " + threads;
  }

  private static long readResidentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/smaps_rollup")).stream()
        .filter(line -> line.startsWith("Rss:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }

  private static int entries(String folder) throws IOException {
    try (Stream<Path> paths = Files.list(Path.of(folder))) {
      return (int) paths.count();
    }
  }
}
