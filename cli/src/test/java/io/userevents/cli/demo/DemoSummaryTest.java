// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DemoSummaryTest {

  private static DemoSummary summary(
      long written, long dropped, long skipped, long received, long lost, long malformed) {
    return new DemoSummary(written, dropped, skipped, 7, received, lost, malformed, "loopback");
  }

  @Test
  void shouldBeContentWhenEveryPointCameBack() {
    DemoSummary summary = summary(27, 0, 0, 27, 0, 0);

    assertThat(summary.problems()).isEmpty();
    assertThat(summary.line())
        .isEqualTo("demo: points exported=27 received=27 records written=7 lost=0 via=loopback");
  }

  @Test
  void shouldObjectToMissingPoints() {
    assertThat(summary(27, 0, 0, 26, 0, 0).problems())
        .containsExactly("received=26 differs from exported=27");
  }

  @Test
  void shouldCountDroppedPointsAsExportedAndLost() {
    DemoSummary summary = summary(20, 7, 0, 20, 0, 0);

    assertThat(summary.line()).contains("exported=27 received=20", "lost=7");
    assertThat(summary.problems()).hasSize(2).anyMatch(p -> p.startsWith("7 points were dropped"));
  }

  @Test
  void shouldObjectToLossThoughPointsAreEqual() {
    DemoSummary summary = summary(27, 0, 0, 27, 2, 1);

    assertThat(summary.line()).contains("lost=3");
    assertThat(summary.problems())
        .containsExactly(
            "2 events were lost by the listener or the kernel", "1 events could not be decoded");
  }

  @Test
  void shouldObjectToExportsThatSawNoListener() {
    assertThat(summary(27, 0, 1, 27, 0, 0).problems())
        .containsExactly("1 exports found no listener attached");
  }

  @Test
  void shouldObjectToNothing() {
    assertThat(summary(0, 0, 0, 0, 0, 0).problems()).containsExactly("no point was exported");
  }
}
