// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuListTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0|0", "0-3|0 1 2 3", "0,2-3,7|0 2 3 7", "5-5|5", "127|127"})
  void shouldReadRangesAndSingleCpus(String text, String cpus) throws Exception {
    String read =
        CpuList.parse(text + "\n").stream()
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(" "));

    assertThat(read).isEqualTo(cpus);
  }

  @Test
  void shouldReadAnEmptyList() throws Exception {
    assertThat(CpuList.parse("\n").isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"3-0", "a", "0-", "-1", "0,,1", "0-99999999", "4294967296"})
  void shouldRefuseAndShowAnythingElse(String text) {
    assertThatThrownBy(() -> CpuList.parse(text))
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining(text);
  }
}
