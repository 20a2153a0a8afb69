// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.SyntheticPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Feeds the readers of rings and pages with valid bytes of which some are changed, and with noise.
 * None may throw, read outside or go on for ever; each event that is handed out lies within its
 * bounds.
 *
 * <p>{@code -Dfuzz.seconds} says for how long, {@code -Dfuzz.seed} which bytes come first.
 */
class ReaderFuzzTest {

  /** For each kind of input, which share the time: rings, pages, files of perf and of trace-cmd. */
  private static final long SECONDS = Math.max(1, Long.getLong("fuzz.seconds", 2) / 4);

  private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
  private static final int RING_LENGTH = 16_384;
  private static final Logger LOGGER = Logger.getLogger(RingReader.class.getPackageName());

  @BeforeAll
  static void silence() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void speak() {
    LOGGER.setLevel(null);
  }

  @Test
  void shouldReadAnyRingToItsHead() {
    rounds(
        random -> {
          try (SyntheticRing ring = new SyntheticRing(RING_LENGTH, random.nextLong() & ~7L)) {
            Tally tally = new Tally();
            RingReader reader =
                new RingReader(new EventDecoder(List.of(SyntheticPage.FORMAT)), tally);
            for (int pass = 0; pass < 4; pass++) {
              fill(ring, random);
              spoil(ring.memory(), SyntheticRing.PAGE, RING_LENGTH, random);
              if (random.nextInt(8) == 0) {
                ring.setHead(ring.head() + random.nextInt());
              }
              int delivered = reader.deliver(ring.ring(), 0, ReaderFuzzTest::readAll);
              // No record is shorter than 8 bytes.
              assertThat(delivered).isBetween(0, RING_LENGTH / 8);
              assertThat(ring.tail()).isEqualTo(ring.head());
              // The reader skips the malformed part and continues after it.
              ring.setHead(ring.head() & ~7L);
              ring.ring().free(ring.head());
            }
          }
        });
  }

  @Test
  void shouldReadAnyRingThatIsWrittenBackward() {
    rounds(
        random -> {
          try (SyntheticRing ring = new SyntheticRing(RING_LENGTH, random.nextLong() & ~7L)) {
            RingReader reader =
                new RingReader(new EventDecoder(List.of(SyntheticPage.FORMAT)), new Tally());
            for (int pass = 0; pass < 4; pass++) {
              for (int i = random.nextInt(200); i > 0; i--) {
                ring.sampleBackward(
                    new byte[random.nextInt(random.nextInt(9) == 0 ? 8169 : 99)], i);
              }
              spoil(ring.memory(), SyntheticRing.PAGE, RING_LENGTH, random);
              long head = ring.head();
              int delivered = reader.deliverBackward(ring.ring(), ReaderFuzzTest::readAll);
              assertThat(delivered).isBetween(0, RING_LENGTH / 8);
              assertThat(ring.head()).isEqualTo(head);
            }
          }
        });
  }

  @Test
  void shouldReadAnyPageToItsEnd() {
    Tally tally = new Tally();
    PageReader reader =
        new PageReader(
            SyntheticPage.LAYOUT, new EventDecoder(List.of(SyntheticPage.FORMAT)), tally);
    rounds(
        random -> {
          SyntheticPage page = new SyntheticPage(random.nextLong());
          for (int i = random.nextInt(20); i > 0; i--) {
            page.event(random.nextInt(1 << 20), new byte[random.nextInt(150)]);
          }
          UnsafeBuffer bytes = page.commit();
          spoil(bytes, 0, SyntheticPage.LENGTH, random);
          int length =
              random.nextInt(4) == 0
                  ? random.nextInt(SyntheticPage.LENGTH + 1)
                  : SyntheticPage.LENGTH;
          reader.wrap(bytes, length, 0);
          assertThat(reader.deliver(ReaderFuzzTest::readAll))
              .isBetween(0, SyntheticPage.LENGTH / 4);
        });
  }

  private interface Round {
    void run(Random random);
  }

  private static void rounds(Round round) {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    long seed = SEED;
    long done = 0;
    do {
      try {
        round.run(new Random(seed));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("again with -Dfuzz.seed=" + seed, e);
      }
      seed++;
      done++;
    } while (System.nanoTime() - endNs < 0);
    assertThat(done).isPositive();
  }

  private static void fill(SyntheticRing ring, Random random) {
    List<Integer> types = new ArrayList<>(List.of(0, 2, 5, 9, random.nextInt()));
    for (int i = random.nextInt(60); i > 0; i--) {
      if (random.nextInt(5) == 0) {
        ring.other(types.get(random.nextInt(types.size())), 8 + 8 * random.nextInt(9));
      } else {
        ring.sample(new byte[random.nextInt(random.nextInt(4) == 0 ? 8169 : 200)], i);
      }
    }
  }

  private static void spoil(UnsafeBuffer bytes, int offset, int length, Random random) {
    int spoilt =
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> 1;
          case 2 -> random.nextInt(64);
          default -> random.nextInt(length);
        };
    for (int i = 0; i < spoilt; i++) {
      int place = offset + random.nextInt(length);
      bytes.putByte(
          place,
          random.nextBoolean()
              ? (byte) random.nextInt()
              : (byte) (bytes.getByte(place) ^ 1 << random.nextInt(8)));
    }
  }

  private static void readAll(Sample sample) {
    int length = sample.payload().capacity();
    long sum = 0;
    for (int i = 0; i < length; i++) {
      sum += sample.payload().getByte(i);
    }
    assertThat(sum).isBetween(-128L * length, 127L * length);
  }
}
