// SPDX-License-Identifier: Apache-2.0
package io.userevents.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuMaskTest {

  @ParameterizedTest
  @CsvSource({
    "0, 8, 0, 1",
    "63, 8, 0, -9223372036854775808",
    "64, 16, 8, 1",
    "5000, 632, 624, 256"
  })
  void shouldHoldACpuInItsBitOfAsFewWordsAsItTakes(int cpu, int length, int offset, long word) {
    try (CpuMask mask = CpuMask.of(cpu)) {
      assertThat(mask.length()).isEqualTo(length);
      assertThat(new UnsafeBuffer(mask.address(), length).getLong(offset)).isEqualTo(word);
      assertThat(mask.toSet()).isEqualTo(CpuSet.of(cpu));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65, 1024, CpuSet.MAX_CPU + 1})
  void shouldBeAllocatedEmptyInWholeWords(int cpus) {
    try (CpuMask mask = CpuMask.allocate(cpus)) {
      assertThat(mask.length() * 8).isBetween(cpus, cpus + 63);
      assertThat(mask.length() % 8).isZero();
      assertThat(mask.toSet().isEmpty()).isTrue();
    }
  }

  @Test
  void shouldHoldAllThatThereCanBe() {
    try (CpuMask mask = CpuMask.ofAll()) {
      assertThat(mask.toSet()).hasToString("0-65535");
    }
  }

  @Test
  void shouldHaveNoAddressWhenItIsClosed() {
    CpuMask mask = CpuMask.of(1);

    mask.close();

    assertThatThrownBy(mask::address).isInstanceOf(IllegalStateException.class);
  }
}
