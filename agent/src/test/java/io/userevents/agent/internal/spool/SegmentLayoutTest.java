// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentLayoutTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 42, SegmentLayout.MAX_NUMBER})
  void shouldFindTheNumberInAName(long number) {
    String name = SegmentLayout.fileName(number);

    assertThat(name).hasSize(20 + ".spool".length());
    assertThat(SegmentLayout.number(name)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "lock",
        "1.spool",
        "00000000000000000001.spool~",
        "00000000000000000001.spoo",
        "01000000000000000000.spool",
        "99999999999999999999.spool",
        "000000000000000000001.spool",
        "0000000000000000000x.spool",
        "-0000000000000000001.spool",
      })
  void shouldKnowForeignNames(String name) {
    assertThat(SegmentLayout.number(name)).isEqualTo(-1);
  }

  @Test
  void shouldAlignRecords() {
    assertThat(SegmentLayout.recordBytes(0)).isEqualTo(56);
    assertThat(SegmentLayout.recordBytes(1)).isEqualTo(64);
    assertThat(SegmentLayout.recordBytes(8)).isEqualTo(64);
    assertThat(SegmentLayout.recordBytes(Integer.MAX_VALUE)).isEqualTo((1L << 31) + 56);
    assertThat(SegmentLayout.next(SegmentLayout.FIRST_RECORD, 9) % 8).isZero();
  }

  @Test
  void shouldHaveStatesThatDifferInAllBits() {
    assertThat(Long.bitCount(SegmentLayout.PENDING ^ SegmentLayout.DONE)).isEqualTo(64);
  }
}
