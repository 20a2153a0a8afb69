// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NativeRegionTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 64, 4096})
  void shouldAlignTheFirstByte(int alignment) {
    NativeRegion region = NativeRegion.allocate(100, alignment);

    assertThat(region.address() % alignment).isZero();
    assertThat(region.length()).isEqualTo(100);
    region.free();
  }

  @Test
  void shouldBeZeroed() {
    NativeRegion region = NativeRegion.allocate(4096, 64);
    byte[] content = new byte[4096];

    region.buffer().getBytes(0, content);

    assertThat(content).containsOnly(0);
    region.free();
  }

  @Test
  void shouldHoldAtItsAddressWhatIsPutIntoItsBuffer() {
    NativeRegion region = NativeRegion.allocate(16, 8);

    region.buffer().putLong(8, 0x1122334455667788L);

    assertThat(new UnsafeBuffer(region.address(), 16).getLong(8)).isEqualTo(0x1122334455667788L);
    region.free();
  }

  @Test
  void shouldRefuseAccessBeyondItsLength() {
    NativeRegion region = NativeRegion.allocate(16, 64);

    assertThatThrownBy(() -> region.buffer().putByte(16, (byte) 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    region.free();
  }

  @Test
  void shouldRefuseAccessAfterItIsFreed() {
    NativeRegion region = NativeRegion.allocate(16, 8);

    region.free();

    assertThatThrownBy(() -> region.buffer().putByte(0, (byte) 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(region::address).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldIgnoreASecondFree() {
    NativeRegion region = NativeRegion.allocate(16, 8);

    region.free();
    region.free();

    assertThat(region.length()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0, 8, length=0", "-1, 8, length=-1", "8, 0, alignment=0", "8, 3, alignment=3"})
  void shouldRefuseSizesOutOfRange(int length, int alignment, String found) {
    assertThatThrownBy(() -> NativeRegion.allocate(length, alignment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(found);
  }

  @Test
  void shouldRefuseALengthThatTheAlignmentLiftsOverTwoGibibytes() {
    assertThatThrownBy(() -> NativeRegion.allocate(Integer.MAX_VALUE - 8, 4096))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("alignment=4096");
  }
}
