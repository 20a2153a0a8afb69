// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.listener.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Reads files of perf and trace-cmd that are cut, of which some bytes are wrong, or a piece is
 * there many times. Each ends, or ends in an {@link EventFileException}; nothing else is thrown,
 * and none takes long. It is a separate program, because the heap must be small.
 */
final class EventFileFuzz {

  /** More than any of the files has, however it is spoilt: no event takes less than 32 bytes. */
  private static final int MAX_EVENTS = 1_000_000;

  /**
   * The time limit per file. A few milliseconds are usual. It is processor time, so that a loaded
   * machine does not matter.
   */
  private static final long MAX_CPU_NS = TimeUnit.SECONDS.toNanos(10);

  /** Whatever time the JVM takes to start. */
  private static final int MIN_CASES = 100;

  private static final int MAX_LENGTH = 1 << 22;
  private static final int MAX_PIECE = 1 << 16;

  private EventFileFuzz() {}

  /** Arguments: the kind, a path to write to, seconds, and the first seed. */
  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[1]);
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[2]));
    long first = Long.parseLong(arguments[3]);
    List<byte[]> files = files(arguments[0]);
    int magicLength =
        arguments[0].equals("perf") ? PerfDataOpening.MAGIC.length : TracingData.MAGIC.length;
    long seed = first;
    long events = 0;
    long refused = 0;
    long longestNs = 0;
    do {
      Random random = new Random(seed);
      byte[] bytes = spoil(files.get(random.nextInt(files.size())), magicLength, random);
      Files.write(path, bytes);
      long beforeNs = cpuNs();
      try {
        events += read(path);
      } catch (EventFileException e) {
        refused++;
        require(String.valueOf(e.getMessage()).contains(path.toString()), seed, e);
      } catch (RuntimeException | Error | IOException e) {
        throw new IllegalStateException("again with -Dfuzz.seed=" + seed, e);
      }
      long takenNs = cpuNs() - beforeNs;
      require(takenNs < MAX_CPU_NS, seed, new IllegalStateException("CPU time=" + takenNs));
      longestNs = Math.max(longestNs, takenNs);
      seed++;
    } while (System.nanoTime() - endNs < 0 || seed - first < MIN_CASES);
    System.out.printf(
        "%s files: cases=%d refused=%d events=%d longest_cpu_ms=%d seed=%d%n",
        arguments[0],
        seed - first,
        refused,
        events,
        TimeUnit.NANOSECONDS.toMillis(longestNs),
        first);
  }

  private static void require(boolean isFulfilled, long seed, Exception otherwise) {
    if (!isFulfilled) {
      throw new IllegalStateException("again with -Dfuzz.seed=" + seed, otherwise);
    }
  }

  private static long cpuNs() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static List<byte[]> files(String kind) throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (String name : RecordedFiles.ALL) {
      if (name.startsWith(kind)) {
        files.add(RecordedFiles.read(name));
      }
    }
    if (kind.equals("trace")) {
      files.add(HostileFiles.layouts(50, 0));
      files.add(HostileFiles.cpus(50));
      files.add(HostileFiles.options(50));
    }
    return files;
  }

  private static long read(Path path) throws IOException {
    try (EventFile file = EventFile.builder(path).open()) {
      long events = file.readAll(EventFileFuzz::readAll);
      if (events >= MAX_EVENTS || events != file.statistics().events()) {
        throw new IllegalStateException("events=" + events + " " + file.statistics());
      }
      return events;
    }
  }

  private static byte[] spoil(byte[] whole, int magicLength, Random random) {
    byte[] bytes = random.nextInt(8) == 0 ? repeatPiece(whole, random) : whole.clone();
    if (random.nextInt(4) == 0) {
      bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    }
    int spoilt =
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> 1;
          case 2 -> random.nextInt(16);
          default -> random.nextInt(512);
        };
    // Half of them in the header and the lengths behind it, where most depends on them.
    int front = 1 + random.nextInt(Math.max(1, Math.min(bytes.length, 1024)));
    for (int i = 0; i < spoilt && bytes.length > magicLength; i++) {
      int limit = random.nextBoolean() ? front : bytes.length;
      int place = magicLength + random.nextInt(Math.max(1, limit - magicLength));
      if (place < bytes.length) {
        bytes[place] =
            switch (random.nextInt(4)) {
              case 0 -> (byte) random.nextInt();
              case 1 -> (byte) 0xFF;
              case 2 -> 0;
              default -> (byte) (bytes[place] ^ 1 << random.nextInt(8));
            };
      }
    }
    return bytes;
  }

  /** Repeats a piece, so that repeated reads and kept memory add up. */
  private static byte[] repeatPiece(byte[] whole, Random random) {
    int from = random.nextInt(whole.length);
    int length = 1 + random.nextInt(Math.min(MAX_PIECE, whole.length - from));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(whole, 0, from);
    int count = 1 + random.nextInt(Math.max(1, (MAX_LENGTH - whole.length) / length));
    for (int i = 0; i < count; i++) {
      bytes.write(whole, from, length);
    }
    bytes.write(whole, from, whole.length - from);
    return bytes.toByteArray();
  }

  private static void readAll(Sample sample) {
    long sum = 0;
    for (int i = 0; i < sample.payload().capacity(); i++) {
      sum += sample.payload().getByte(i);
    }
    for (int i = 0; i < sample.event().capacity(); i++) {
      sum += sample.event().getByte(i);
    }
    int length = sample.payload().capacity() + sample.event().capacity();
    if (sum < -128L * length || sum > 127L * length) {
      throw new IllegalStateException("sum=" + sum);
    }
  }
}
