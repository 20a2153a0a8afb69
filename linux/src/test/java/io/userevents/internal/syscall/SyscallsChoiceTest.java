// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SyscallsChoiceTest {

  @Test
  void shouldRefuseAWayThatItDoesNotKnow() {
    assertThatThrownBy(() -> SyscallsChoice.make("jni"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage(
            "unknown way to make system calls: io.userevents.syscalls=jni; set it to auto, foreign"
                + " or jna");
  }

  /** The newer class is in the archive alone; the folder of the classes has its stand-in. */
  @Test
  void shouldRefuseForeignCallsWhereThereAreNone() {
    assertThatThrownBy(() -> SyscallsChoice.make("foreign"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("java.lang.foreign needs Java 22 or newer")
        .hasMessageEndingWith("; use JNA");
    assertThat(SyscallsChoice.make("auto").facility()).isEqualTo("jna");
  }
}
