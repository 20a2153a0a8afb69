// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.listener.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reads files of perf and trace-cmd that are cut or of which some bytes are wrong. Each ends, or
 * ends in an {@link EventFileException}; nothing else is thrown.
 *
 * <p>{@code -Dfuzz.seconds} says for how long, {@code -Dfuzz.seed} which bytes come first.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventFileFuzzTest {

  /** For each kind of input, which share the time: rings, pages, files of perf and of trace-cmd. */
  private static final long SECONDS = Math.max(1, Long.getLong("fuzz.seconds", 2) / 4);

  private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

  /** More than any of the files has, however it is spoilt: no event takes less than 32 bytes. */
  private static final int MAX_EVENTS = 1_000_000;

  @TempDir Path folder = Path.of("");

  @Test
  void shouldReadAnyPerfFile() throws Exception {
    fuzz("perf", PerfDataOpening.MAGIC.length);
  }

  @Test
  void shouldReadAnyTraceFile() throws Exception {
    fuzz("trace", TracingData.MAGIC.length);
  }

  private void fuzz(String kind, int magicLength) throws Exception {
    List<byte[]> files = new ArrayList<>();
    for (String name : RecordedFiles.ALL) {
      if (name.startsWith(kind)) {
        files.add(RecordedFiles.read(name));
      }
    }
    Path path = folder.resolve(kind);
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    long seed = SEED;
    long events = 0;
    long refused = 0;
    long cases = 0;
    do {
      Random random = new Random(seed);
      byte[] bytes = spoil(files.get(random.nextInt(files.size())), magicLength, random);
      Files.write(path, bytes);
      try {
        events += read(path);
      } catch (EventFileException e) {
        refused++;
        assertThat(e).hasMessageContaining(path.toString());
      } catch (RuntimeException | Error | IOException e) {
        throw new AssertionError("again with -Dfuzz.seed=" + seed, e);
      }
      seed++;
      cases++;
    } while (System.nanoTime() - endNs < 0);
    System.out.printf(
        "%s files: cases=%d refused=%d events=%d seed=%d%n", kind, cases, refused, events, SEED);
    assertThat(cases).isPositive();
  }

  private static long read(Path path) throws IOException {
    try (EventFile file = EventFile.builder(path).open()) {
      long events = file.readAll(EventFileFuzzTest::readAll);
      assertThat(events).isLessThan(MAX_EVENTS).isEqualTo(file.statistics().events());
      return events;
    }
  }

  private static byte[] spoil(byte[] whole, int magicLength, Random random) {
    byte[] bytes = whole.clone();
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

  private static void readAll(Sample sample) {
    long sum = 0;
    for (int i = 0; i < sample.payload().capacity(); i++) {
      sum += sample.payload().getByte(i);
    }
    for (int i = 0; i < sample.event().capacity(); i++) {
      sum += sample.event().getByte(i);
    }
    int length = sample.payload().capacity() + sample.event().capacity();
    assertThat(sum).isBetween(-128L * length, 127L * length);
  }
}
