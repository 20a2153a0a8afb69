// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinuxPlatformTest {

  @ParameterizedTest
  @CsvSource({"amd64, 298", "x86_64, 298", "aarch64, 241", "riscv64, 241", "s390x, -1", "'', -1"})
  void shouldKnowTheNumberOfThePerfCallOfEachProcessor(String architecture, long number) {
    assertThat(LinuxPlatform.perfEventOpenOf(architecture)).isEqualTo(number);
  }
}
