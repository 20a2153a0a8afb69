// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BufferSizeTest {

  private static final int PAGE = 4096;

  @Test
  void shouldDivideTheMemoryOfTheMachineAmongItsCpus() {
    BufferSize size = BufferSize.ofMachine(TracepointListenerBuilder.DEFAULT_TOTAL_BUFFER_SIZE_KB);

    assertThat(size.cpuKb(2)).isEqualTo(8192);
    assertThat(size.cpuKb(128)).isEqualTo(128);
    assertThat(size.ringLength(128, PAGE)).isEqualTo(128 * 1024);
    assertThat(size.cpuKb(4096)).isEqualTo(BufferSize.MIN_CPU_KB);
    assertThat(size.cpuKb(0)).isEqualTo(16_384);
  }

  @Test
  void shouldTakeTheSizeOfACpuAsItIs() {
    assertThat(BufferSize.ofCpu(100).cpuKb(64)).isEqualTo(100);
  }

  @Test
  void shouldMakeRingsAPowerOfTwoThatHoldsTheLongestEvent() {
    assertThat(BufferSize.ofCpu(100).ringLength(64, PAGE)).isEqualTo(64 * 1024);
    assertThat(BufferSize.ofCpu(128).ringLength(64, PAGE)).isEqualTo(128 * 1024);
    assertThat(BufferSize.ofCpu(8).ringLength(1, PAGE)).isEqualTo(16 * 1024);
    assertThat(BufferSize.ofCpu(8).ringLength(1, 65_536)).isEqualTo(65_536);
    assertThat(BufferSize.ofCpu(1 << 21).ringLength(1, PAGE)).isEqualTo(1 << 30);
  }
}
