// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.userevents.internal.syscall.Syscalls;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventLayoutTest {

  @BeforeAll
  static void literalsAreLittleEndian() {
    assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void shouldPutThePrefixByteForByte() {
    byte[] bytes = new byte[20];
    UnsafeBuffer buffer = new UnsafeBuffer(bytes);

    EventLayout.putPrefix(buffer, 0, 0x01020304);
    EventLayout.putLength(buffer, 0, 0x0ABC);

    assertThat(bytes)
        .containsExactly(
            4, 3, 2, 1, // write_index
            0, 0, 0, 0, // protocol
            'v', '0', '.', '1', '9', '.', '0', '0', // version
            0, 0, 0xBC, 0x0A); // rel_loc: length in the high half, distance 0
  }

  @Test
  void shouldPutThePrefixAtAnOffset() {
    byte[] bytes = new byte[28];
    UnsafeBuffer buffer = new UnsafeBuffer(bytes);

    EventLayout.putPrefix(buffer, 4, 5);
    EventLayout.putLength(buffer, 4, 1);

    assertThat(bytes)
        .containsExactly(
            0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 'v', '0', '.', '1', '9', '.', '0', '0', 0, 0, 1, 0,
            0, 0, 0, 0);
  }

  @Test
  void shouldNameTheFieldsInTheFormThatEveryKernelTakesTwice() {
    assertThat(EventLayout.nameAndFields("otlp_metrics"))
        .isEqualTo("otlp_metrics u32 protocol; char[8] version; __rel_loc u8[] buffer");
  }

  @Test
  void shouldKnowTheLimitsThatWereMeasured() {
    assertThat(EventLayout.MAX_LENGTH_PERF).isEqualTo(8168);
    assertThat(EventLayout.MAX_LENGTH_FTRACE).isEqualTo(4048);
  }

  @ParameterizedTest
  @CsvSource({"4096, 4048", "16384, 16336", "65536, 65488", "262144, 65535"})
  void shouldComputeFtracesLimitFromTheLengthOfAPage(int pageLength, int maxLength) {
    assertThat(EventLayout.maxLengthFtrace(pageLength)).isEqualTo(maxLength);
  }

  @Test
  void shouldKnowFtracesLimitOnThisMachine() {
    assertThat(EventLayout.maxLengthFtraceHere())
        .isEqualTo(EventLayout.maxLengthFtrace(Syscalls.pageLength()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"otlp_metrics", "_", "A9", "a_very_long_name_2"})
  void shouldTakeNamesThatAreIdentifiers(String name) {
    assertThat(EventLayout.requireValidName(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "9a", "a b", "a-b", "a;b", "a/b", "\u00e9", "a\n"})
  void shouldRefuseNamesThatAreNot(String name) {
    assertThatThrownBy(() -> EventLayout.requireValidName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("eventName=" + name);
  }

  @Test
  void shouldRefuseANameOfMoreThan255Characters() {
    assertThat(EventLayout.requireValidName("n".repeat(255))).hasSize(255);
    assertThatThrownBy(() -> EventLayout.requireValidName("n".repeat(256)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"0, 88", "4, 88", "5, 96", "4044, 4128", "4048, 4136", "8168, 8256"})
  void shouldSayWhatAnEventTakesInPerfsBuffer(int length, int sampleLength) {
    assertThat(EventLayout.perfSampleLength(length)).isEqualTo(sampleLength);
  }
}
