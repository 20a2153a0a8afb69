// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.perf;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class PerfAttributesTest {

  /** The places are those of {@code struct perf_event_attr}, counted by hand. */
  @Test
  void shouldAskForEverySampleOfTheTracepointByTheMonotonicClock() {
    UnsafeBuffer attributes = new UnsafeBuffer(new byte[PerfAttributes.LENGTH]);
    attributes.setMemory(0, PerfAttributes.LENGTH, (byte) 0xFF);

    PerfAttributes.put(attributes, 1500, 17);

    assertThat(attributes.getInt(0)).as("type").isEqualTo(2);
    assertThat(attributes.getInt(4)).as("size").isEqualTo(112);
    assertThat(attributes.getLong(8)).as("config").isEqualTo(1500);
    assertThat(attributes.getLong(16)).as("sample_period").isEqualTo(1);
    assertThat(attributes.getLong(24)).as("sample_type").isEqualTo(0x10486);
    assertThat(attributes.getLong(32)).as("read_format").isEqualTo(0x15);
    assertThat(attributes.getLong(40)).as("flags").isEqualTo(0x204_4001);
    assertThat(attributes.getInt(48)).as("wakeup_watermark").isEqualTo(17);
    for (int i = 52; i < PerfAttributes.LENGTH; i += 4) {
      assertThat(attributes.getInt(i)).as("at %d", i).isEqualTo(i == 92 ? 1 : 0);
    }
  }

  @Test
  void shouldTellLengthsThatARingCanHave() {
    assertThat(PerfRingLayout.isDataLength(4096, 4096)).isTrue();
    assertThat(PerfRingLayout.isDataLength(1 << 20, 4096)).isTrue();
    assertThat(PerfRingLayout.isDataLength(3 * 4096, 4096)).isFalse();
    assertThat(PerfRingLayout.isDataLength(4096, 65536)).isFalse();
    assertThat(PerfRingLayout.isDataLength(0, 4096)).isFalse();
    assertThat(PerfRingLayout.isDataLength(Integer.MIN_VALUE, 4096)).isFalse();
  }

  @Test
  void shouldTakeTheLengthOfARecordAsUnsigned() {
    UnsafeBuffer record = new UnsafeBuffer(new byte[16]);
    record.putInt(8, PerfRecord.SAMPLE);
    record.putShort(14, (short) 0xFFF8);

    assertThat(PerfRecord.type(record, 8)).isEqualTo(9);
    assertThat(PerfRecord.length(record, 8)).isEqualTo(0xFFF8);
  }
}
