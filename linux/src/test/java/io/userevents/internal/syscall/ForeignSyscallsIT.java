// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** By the archive, on a JDK that has {@code java.lang.foreign}. */
@EnabledForJreRange(
    min = JRE.JAVA_22,
    disabledReason = "needs Java 22; ForeignArchiveIT starts one if it can")
class ForeignSyscallsIT extends SyscallsContract {

  ForeignSyscallsIT() {
    super(SyscallsChoice.make("foreign"));
  }

  @Test
  void shouldBePreferred() {
    assertThat(Syscalls.ofThisMachine().facility())
        .isEqualTo("java.lang.foreign")
        .isEqualTo(SyscallsChoice.make("foreign").facility());
  }
}
