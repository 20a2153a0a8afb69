// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotRegionTest {

  @ParameterizedTest
  @CsvSource({"1, 64", "64, 64", "65, 128", "4032, 4032", "4048, 4160", "4096, 4160", "8168, 8256"})
  void shouldSpaceSlotsByCacheLinesButNeverByPages(int maxRecordLength, int stride) {
    assertThat(SlotRegion.stride(maxRecordLength)).isEqualTo(stride);
  }

  @ParameterizedTest
  @CsvSource({"8, 1", "8, 4048", "2, 8168"})
  void shouldHaveRoomForTheLongestRecordInEverySlot(int slots, int maxRecordLength)
      throws Exception {
    SlotRegion region = new SlotRegion(slots, maxRecordLength);
    region.allocate();

    for (int i = 0; i < slots; i++) {
      assertThat(region.offset(i) % SlotRegion.CACHE_LINE_LENGTH).isZero();
      region.buffer().boundsCheck(region.offset(i), maxRecordLength);
      if (i > 0) {
        assertThat(region.offset(i) - region.offset(i - 1)).isGreaterThanOrEqualTo(maxRecordLength);
      }
      assertThat(region.offset(i + 3L * slots)).as("the next rounds").isEqualTo(region.offset(i));
    }
    region.free();
  }
}
