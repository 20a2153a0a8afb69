// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JnaSyscallsTest extends SyscallsContract {

  JnaSyscallsTest() {
    super(SyscallsChoice.make("jna"));
  }

  @Test
  void shouldSayWhatMakesTheCalls() {
    assertThat(SyscallsChoice.make(" JNA ").facility()).isEqualTo("jna");
  }
}
