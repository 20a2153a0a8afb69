// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.agent.internal.spool.SpoolSettings.Sync;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpoolSettingsTest {

  @Test
  void shouldHaveDefaults() {
    assertThat(SpoolSettings.builder().build())
        .hasToString(
            "SpoolSettings{maxBytes=1073741824, maxAgeMs=86400000, segmentBytes=16777216,"
                + " sync=NEVER}");
  }

  @Test
  void shouldMakeSegmentsAQuarterOfASmallSpool() {
    assertThat(SpoolSettings.builder().setMaxBytes(1 << 20).build().segmentBytes())
        .isEqualTo(1 << 18);
    assertThat(
            SpoolSettings.builder()
                .setMaxBytes(1 << 20)
                .setSegmentBytes(1 << 16)
                .setSync(Sync.BATCH)
                .build())
        .hasToString(
            "SpoolSettings{maxBytes=1048576, maxAgeMs=86400000, segmentBytes=65536, sync=BATCH}");
  }

  @Test
  void shouldRefuseAndSayWhatIsPossible() {
    SpoolSettings.Builder builder = SpoolSettings.builder();

    assertThatThrownBy(() -> builder.setMaxBytes(65_535))
        .hasMessage("maxBytes must be 65536 or more: maxBytes=65535");
    assertThatThrownBy(() -> builder.setSegmentBytes(0))
        .hasMessage("segmentBytes must be 16384 or more: segmentBytes=0");
    assertThatThrownBy(() -> builder.setMaxAge(Duration.ZERO))
        .hasMessage("maxAge must be 1 ms to 36525 days: maxAge=PT0S");
    assertThatThrownBy(() -> builder.setMaxAge(Duration.ofSeconds(Long.MAX_VALUE)))
        .hasMessageStartingWith("maxAge must be 1 ms to 36525 days: maxAge=");
    assertThatThrownBy(() -> builder.setMaxBytes(1 << 20).setSegmentBytes((1 << 18) + 1).build())
        .hasMessage(
            "segmentBytes must be a quarter of maxBytes at most: segmentBytes=262145"
                + " maxBytes=1048576");
  }
}
