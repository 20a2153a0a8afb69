// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AgesTest {

  private static final long OPENED_MS = 1_700_000_000_000L;

  private final SetClocks clocks = new SetClocks(OPENED_MS);
  private final Ages ages = new Ages(clocks, 100);

  private long age(long sequence, long createdMs) {
    return ages.ageMs(sequence, createdMs, clocks.wallMs);
  }

  @Test
  void shouldBeTheTimeSinceCreation() {
    clocks.pass(5_000);
    ages.observe(100, 101);

    assertThat(age(100, OPENED_MS)).isEqualTo(5_000);
  }

  @Test
  void shouldNeverBeNegative() {
    assertThat(age(100, OPENED_MS + 1)).isZero();
    assertThat(age(100, Long.MAX_VALUE / 2)).isZero();
  }

  @Test
  void shouldGoOnWhenTheClockIsSetBackOrForward() {
    clocks.pass(5_000);
    clocks.wallMs -= 1_000_000;
    ages.observe(100, 101);
    assertThat(age(100, OPENED_MS)).isEqualTo(5_000);

    // One that is appended after that was created by the new time.
    long second = clocks.wallMs;
    clocks.pass(1_000);
    clocks.wallMs += 50_000_000;
    ages.observe(100, 102);
    assertThat(age(100, OPENED_MS)).isEqualTo(6_000);
    assertThat(age(101, second)).isEqualTo(1_000);
    assertThat(age(102, clocks.wallMs)).isZero();
  }

  @Test
  void shouldFollowAClockThatIsSlewed() {
    for (int i = 0; i < 100; i++) {
      clocks.pass(1_000);
      clocks.wallMs += Ages.MIN_JUMP_MS - 1;
      ages.observe(100, 101);
    }

    assertThat(age(100, OPENED_MS)).isEqualTo(100 * (1_000 + Ages.MIN_JUMP_MS - 1));
  }

  @Test
  void shouldTakeABatchOfAnEarlierProcessFromTheFutureAsNew() {
    clocks.pass(7_000);
    ages.observe(99, 100);

    assertThat(age(99, OPENED_MS + 1_000_000_000_000L)).isEqualTo(7_000);
    assertThat(age(99, OPENED_MS - 3_000)).isEqualTo(10_000);
  }

  @Test
  void shouldKeepCountOfAClockThatIsSetAllTheTime() {
    for (int i = 0; i < 1_000; i++) {
      clocks.pass(1_000);
      clocks.wallMs += i % 2 == 0 ? 1_000_000 : -900_000;
      ages.observe(100, 101);
    }

    assertThat(age(100, OPENED_MS)).isEqualTo(1_000_000);
  }
}
