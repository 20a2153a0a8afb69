// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class KernelHintTest {

  @Test
  void shouldNameSudoWhereTheKernelHasUserEventsButRefusesThisUser() {
    assertThat(KernelHint.of(true, false))
        .startsWith("'sudo ./user-events demo'")
        .contains("--kernel");
  }

  @Test
  void shouldNameTheTestMachineWhereSudoDoesNotHelp() {
    assertThat(KernelHint.of(true, true)).doesNotContain("sudo").contains("--kernel");
    assertThat(KernelHint.of(false, false)).doesNotContain("sudo").contains("--kernel");
  }
}
