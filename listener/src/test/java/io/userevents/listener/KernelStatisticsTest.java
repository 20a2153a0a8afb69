// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The counters of a trace instance, in the kernel's own words. */
class KernelStatisticsTest {

  @Test
  void shouldUnderstandStatisticsOfOneCpu() {
    String stats =
        """
        entries: 3
        overrun: 40
        commit overrun: 5
        bytes: 4096
        oldest event ts:    12.000000
        now ts:    13.994910
        dropped events: 600
        read events: 7000
        """;

    KernelStatistics statistics = KernelStatistics.parse(stats);

    assertThat(statistics.unreadEvents()).isEqualTo(3);
    assertThat(statistics.readEvents()).isEqualTo(7000);
    assertThat(statistics.lost()).isEqualTo(645);
    assertThat(statistics.plus(statistics).readEvents()).isEqualTo(14000);
  }

  @Test
  void shouldBeRaisedToNumbersThatAreKnownOtherwise() {
    KernelStatistics statistics = new KernelStatistics(10, 2, 5);

    assertThat(statistics.atLeast(11, 4))
        .hasToString("KernelStatistics{readEvents=11, unreadEvents=2, lost=5}");
    assertThat(statistics.atLeast(9, 6))
        .hasToString("KernelStatistics{readEvents=10, unreadEvents=2, lost=6}");
  }
}
