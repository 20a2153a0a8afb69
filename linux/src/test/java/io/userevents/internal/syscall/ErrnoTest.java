// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrnoTest {

  @ParameterizedTest
  @CsvSource({
    "ENOENT, 2",
    "EINTR, 4",
    "EIO, 5",
    "EBADF, 9",
    "EACCES, 13",
    "EFAULT, 14",
    "EINVAL, 22",
    "EMFILE, 24",
    "ENOTTY, 25",
    "ENOSYS, 38",
    "EADDRINUSE, 98"
  })
  void shouldHaveTheNumberOfLinux(Errno errno, int number) {
    assertThat(errno.number()).isEqualTo(number);
  }

  @ParameterizedTest
  @EnumSource
  void shouldBeFoundByItsNumber(Errno errno) {
    assertThat(Errno.of(errno.number())).isSameAs(errno);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 6, 133, 134, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void shouldNotBeFoundByANumberThatItDoesNotKnow(int number) {
    assertThat(Errno.of(number)).isNull();
  }

  @Test
  void shouldRecogniseItselfInANegatedResult() {
    assertThat(Errno.EBADF.is(-9)).isTrue();
    assertThat(Errno.EBADF.is(9)).isFalse();
    assertThat(Errno.EBADF.is(-2)).isFalse();
  }

  @Test
  void shouldBeDescribedWithNameNumberAndMeaning() {
    assertThat(Errno.describe(13)).isEqualTo("EACCES (13, permission denied)");
  }

  @Test
  void shouldDescribeANumberThatItDoesNotKnow() {
    assertThat(Errno.describe(77)).isEqualTo("errno 77");
    assertThat(Errno.describe(-1)).isEqualTo("errno -1");
  }
}
