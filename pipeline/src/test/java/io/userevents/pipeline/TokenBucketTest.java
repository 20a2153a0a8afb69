// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

  /** Shortly before the clock's numbers wrap, which they may do at any time. */
  private static final long START_NS = Long.MAX_VALUE - 500;

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  /** A byte takes a microsecond. */
  private final TokenBucket bucket = new TokenBucket(1_000_000, 10_000, START_NS);

  @Test
  void shouldLetABurstGoAtOnce() {
    for (int i = 0; i < 10; i++) {
      assertThat(bucket.waitNs(1000, START_NS)).isZero();
      bucket.take(1000, START_NS);
    }

    assertThat(bucket.waitNs(1000, START_NS)).isEqualTo(MS);
  }

  @Test
  void shouldLetBytesGoAtTheRateAfterABurst() {
    bucket.take(10_000, START_NS);
    long nowNs = START_NS;
    for (int i = 0; i < 100; i++) {
      long waitNs = bucket.waitNs(500, nowNs);
      assertThat(waitNs).isEqualTo(MS / 2);
      assertThat(bucket.waitNs(500, nowNs + waitNs - 1)).isEqualTo(1);
      nowNs += waitNs;
      assertThat(bucket.waitNs(500, nowNs)).isZero();
      bucket.take(500, nowNs);
    }

    assertThat(nowNs - START_NS).isEqualTo(50 * MS);
  }

  @Test
  void shouldHoldNoMoreThanABurstHoweverLongThePauseIs() {
    bucket.take(10_000, START_NS);
    long later = START_NS + TimeUnit.DAYS.toNanos(1000);

    bucket.take(10_000, later);

    assertThat(bucket.waitNs(1, later)).isEqualTo(1000);
  }

  @Test
  void shouldLetAnEventGoThatIsLongerThanABurstWhenItIsFull() {
    assertThat(bucket.waitNs(50_000, START_NS)).isZero();
    bucket.take(50_000, START_NS);

    assertThat(bucket.waitNs(1, START_NS)).isEqualTo(40 * MS + 1000);
    assertThat(bucket.waitNs(50_000, START_NS)).isEqualTo(50 * MS);
  }

  @Test
  void shouldMakeUpForTokensThatWereTakenTooEarly() {
    bucket.take(10_000, START_NS);
    bucket.take(3_000, START_NS);

    assertThat(bucket.waitNs(1000, START_NS)).isEqualTo(4 * MS);
  }

  @Test
  void shouldStandTheLargestNumbers() {
    TokenBucket slow = new TokenBucket(1, Integer.MAX_VALUE, START_NS);
    slow.take(Integer.MAX_VALUE, START_NS);

    assertThat(slow.waitNs(1, START_NS)).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    TokenBucket fast = new TokenBucket(Pacing.MAX_BYTES_PER_SECOND, 8192, START_NS);
    fast.take(8192, START_NS);
    assertThat(fast.waitNs(8192, START_NS)).isBetween(8L, 9L);
  }
}
