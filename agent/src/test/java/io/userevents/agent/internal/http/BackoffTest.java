// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

  @Test
  void shouldWaitLongerAfterEachFailureUpToAMinute() {
    Backoff backoff = new Backoff(always(0.5));

    long[] waits = new long[12];
    for (int i = 0; i < waits.length; i++) {
      waits[i] = backoff.next(-1);
    }

    assertThat(waits)
        .containsExactly(
            1000, 1600, 2560, 4096, 6553, 10485, 16777, 26843, 42949, 60000, 60000, 60000);
  }

  @Test
  void shouldBeginAgainAfterASuccess() {
    Backoff backoff = new Backoff(always(0.5));
    backoff.next(-1);
    backoff.next(-1);

    backoff.reset();

    assertThat(backoff.next(-1)).isEqualTo(1000);
    assertThat(backoff.next(-1)).isEqualTo(1600);
  }

  @Test
  void shouldSpreadTheWaitsByAFifthBothWays() {
    assertThat(new Backoff(always(0)).next(-1)).isEqualTo(800);
    assertThat(new Backoff(always(Math.nextDown(1.0))).next(-1)).isBetween(1199L, 1200L);
    Set<Long> waits = new HashSet<>();
    for (int seed = 0; seed < 1000; seed++) {
      long wait = new Backoff(new SplittableRandom(seed)).next(-1);
      assertThat(wait).isBetween(800L, 1200L);
      waits.add(wait);
    }
    assertThat(waits).hasSizeGreaterThan(200);
  }

  @Test
  void shouldRepeatItsWaitsWithTheSameSeed() {
    Backoff one = new Backoff(new SplittableRandom(7));
    Backoff other = new Backoff(new SplittableRandom(7));
    for (int i = 0; i < 20; i++) {
      assertThat(one.next(-1)).isEqualTo(other.next(-1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1000",
    "0, 0.999999, 1199",
    "999, 0, 1000",
    "5000, 0, 5000",
    "5000, 0.5, 5500",
    "3600000, 0, 3600000",
    "3600000, 0.999999, 4319999",
  })
  void shouldNeverComeBackBeforeTheEndpointAsks(long retryAfterMs, double random, long expected) {
    assertThat(new Backoff(always(random)).next(retryAfterMs)).isEqualTo(expected);
  }

  @Test
  void shouldCountAFailureThatNamesAWaitAsOne() {
    Backoff backoff = new Backoff(always(0.5));
    backoff.next(30_000);
    backoff.next(30_000);

    assertThat(backoff.next(-1)).isEqualTo(2560);
  }

  private static RandomGenerator always(double value) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new UnsupportedOperationException();
      }

      @Override
      public double nextDouble() {
        return value;
      }
    };
  }
}
