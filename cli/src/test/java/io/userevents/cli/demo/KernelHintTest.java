// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class KernelHintTest {

  @Test
  void shouldNameSudoWhereTheKernelHasUserEventsButRefusesThisUser() {
    assertThat(KernelHint.of(true, false, true))
        .startsWith("'sudo ./user-events demo'")
        .contains("--kernel");
  }

  @Test
  void shouldNameTheTestMachineWhereSudoDoesNotHelp() {
    assertThat(KernelHint.of(true, true, true)).doesNotContain("sudo").contains("--kernel");
    assertThat(KernelHint.of(false, false, true)).doesNotContain("sudo").contains("--kernel");
  }

  @Test
  void shouldNotNameTheTestMachineWhereTheSourcesAreMissing() {
    assertThat(KernelHint.of(true, false, false))
        .contains("as root", "user-events doctor")
        .doesNotContain("--kernel");
    assertThat(KernelHint.of(true, true, false))
        .contains("user-events doctor")
        .doesNotContain("as root", "--kernel");
    assertThat(KernelHint.of(false, false, false))
        .contains("user-events doctor")
        .doesNotContain("as root", "--kernel");
  }
}
