// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** With scripted numbers of the kernel. */
class MonotonicCountsTest {

  private final MonotonicCounts counts = new MonotonicCounts();

  @Test
  void shouldHaveCountedNothingAtFirst() {
    assertSum(0, 0, 0);
    assertThat(counts.pollEmptied()).isFalse();
  }

  @Test
  void shouldAddUpTheLastNumbersOfAllCpus() {
    counts.set(0, new KernelStatistics(10, 5, 3));
    counts.set(1, new KernelStatistics(200, 50, 30));
    assertSum(210, 55, 33);

    counts.set(0, new KernelStatistics(15, 0, 3));

    assertSum(215, 50, 33);
    assertThat(counts.pollEmptied()).isFalse();
  }

  @Test
  void shouldKeepWhatWasReadAndLostWhenTheKernelStartsAtZero() {
    counts.set(0, new KernelStatistics(10, 5, 3));
    counts.set(1, new KernelStatistics(200, 50, 30));

    counts.set(0, new KernelStatistics(0, 0, 0));
    counts.set(1, new KernelStatistics(0, 0, 0));

    assertSum(210, 0, 33);
    counts.set(0, new KernelStatistics(1, 2, 4));
    assertSum(211, 2, 37);
  }

  @Test
  void shouldNoticeByOneCounterThatAllStartAtZero() {
    counts.set(0, new KernelStatistics(10, 5, 3));

    // More is lost than before, less is read.
    counts.set(0, new KernelStatistics(9, 1, 7));
    assertSum(19, 1, 10);

    // The other way round.
    counts.set(0, new KernelStatistics(20, 1, 6));
    assertSum(39, 1, 16);
  }

  @Test
  void shouldKeepEachOfSeveralStarts() {
    for (int i = 0; i < 3; i++) {
      counts.set(0, new KernelStatistics(10, 5, 3));
      counts.set(0, new KernelStatistics(0, 0, 0));
    }
    assertSum(30, 0, 9);
  }

  @Test
  void shouldLeaveOtherCpusAloneWhenOneIsEmptied() {
    counts.set(0, new KernelStatistics(10, 5, 3));
    counts.set(1, new KernelStatistics(200, 50, 30));

    counts.set(1, new KernelStatistics(0, 0, 0));
    counts.set(0, new KernelStatistics(10, 5, 3));

    assertSum(210, 5, 33);
  }

  @Test
  void shouldTellOnceThatABufferWasEmptied() {
    counts.set(0, new KernelStatistics(10, 5, 3));
    counts.set(0, new KernelStatistics(0, 0, 0));
    counts.set(0, new KernelStatistics(1, 0, 0));

    assertThat(counts.pollEmptied()).isTrue();
    assertThat(counts.pollEmptied()).isFalse();
  }

  private void assertSum(long read, long unread, long lost) {
    assertThat(counts.sum())
        .hasToString(
            "KernelStatistics{readEvents="
                + read
                + ", unreadEvents="
                + unread
                + ", lost="
                + lost
                + "}");
  }
}
