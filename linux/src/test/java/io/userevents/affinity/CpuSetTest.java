// SPDX-License-Identifier: Apache-2.0
package io.userevents.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuSetTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "7", "0-1", "0-3,8", "0,2,4", "63-64", "1,1023-1024,65535"})
  void shouldPrintTheListThatItWasReadFrom(String list) {
    assertThat(CpuSet.parse(list)).hasToString(list);
  }

  @Test
  void shouldContainTheCpusOfItsRanges() {
    CpuSet set = CpuSet.parse("0-3,8");

    assertThat(set).isEqualTo(CpuSet.of(8, 3, 2, 1, 0)).hasSameHashCodeAs(CpuSet.of(0, 1, 2, 3, 8));
    assertThat(set.stream()).containsExactly(0, 1, 2, 3, 8);
    assertThat(set.contains(3)).isTrue();
    assertThat(set.contains(4)).isFalse();
    assertThat(set.contains(-1)).isFalse();
    assertThat(set.isEmpty()).isFalse();
  }

  @Test
  void shouldBeEmptyWithoutACpu() {
    assertThat(CpuSet.parse("").isEmpty()).isTrue();
    assertThat(CpuSet.of()).isEqualTo(CpuSet.parse("\n")).isNotEqualTo(CpuSet.of(0));
  }

  @Test
  void shouldPassOverTheWhiteSpaceAroundTheKernelsList() {
    assertThat(CpuSet.parse("\t0-1\n")).isEqualTo(CpuSet.of(0, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {",", "1,", "-1", "1-", "3-1", "a", "+1", "0 1", "0-1-2", "99999999999"})
  void shouldRefuseWhatIsNoList(String list) {
    assertThatThrownBy(() -> CpuSet.parse(list))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("list=" + list);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, CpuSet.MAX_CPU + 1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void shouldRefuseACpuOutOfRange(int cpu) {
    assertThatThrownBy(() -> CpuSet.of(0, cpu))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 to 65535")
        .hasMessageContaining("cpu=" + cpu);
  }
}
