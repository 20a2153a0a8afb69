// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileRangesTest {

  private final FileRanges ranges = new FileRanges();

  @Test
  void shouldTakePartsThatTouch() {
    assertThat(ranges.add(100, 10)).isTrue();
    assertThat(ranges.add(110, 10)).isTrue();
    assertThat(ranges.add(90, 10)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"100, 10", "109, 1", "91, 10", "0, 1000", "105, 9223372036854775807"})
  void shouldRefuseAPartThatOverlaps(long from, long length) {
    assertThat(ranges.add(100, 10)).isTrue();

    assertThat(ranges.add(from, length)).isFalse();
  }

  @Test
  void shouldKeepNothingOfAPartThatWasRefused() {
    assertThat(ranges.add(100, 10)).isTrue();
    assertThat(ranges.add(105, 100)).isFalse();

    assertThat(ranges.add(110, 5)).isTrue();
  }
}
