// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hostile exports, as many as fit into a few seconds.
 *
 * <p>{@code -Dfuzz.seed=N} begins with that seed; {@code -Dfuzz.seconds=N} says for how long
 * exports are started.
 */
class EncoderFuzzTest {

  private static final long DEFAULT_SECONDS = 2;

  /** However slow the machine is, and whichever exports come first. */
  private static final int MINIMUM_SEEDS = 30;

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void shouldKeepItsPromisesWhateverIsExported() {
    assertThat(DirectBuffer.SHOULD_BOUNDS_CHECK).as("bounds are checked").isTrue();
    long firstSeed = Long.getLong("fuzz.seed", System.nanoTime());
    long seconds = Long.getLong("fuzz.seconds", DEFAULT_SECONDS);
    System.out.println("encoder fuzz: fuzz.seed=" + firstSeed + " fuzz.seconds=" + seconds);
    EncoderFuzz fuzz = new EncoderFuzz();
    long seed = firstSeed;
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    do {
      try {
        fuzz.run(seed);
      } catch (Throwable e) {
        throw new AssertionError("again with -Dfuzz.seed=" + seed + ": " + e.getMessage(), e);
      }
      seed++;
    } while (seed - firstSeed < MINIMUM_SEEDS || System.nanoTime() - endNs < 0);
    System.out.println("encoder fuzz: seeds=" + (seed - firstSeed) + " " + fuzz);
    // Otherwise the exports show less than they seem to.
    assertThat(fuzz.packedRecords).isPositive();
    assertThat(fuzz.reducedPoints).isPositive();
    assertThat(fuzz.tooLargePoints).isPositive();
    assertThat(fuzz.reducedEnvelopes).isPositive();
  }
}
