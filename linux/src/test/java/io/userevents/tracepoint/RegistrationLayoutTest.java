// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RegistrationLayoutTest {

  @BeforeAll
  static void literalsAreLittleEndian() {
    assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void shouldPutTheRegistrationByteForByte() {
    byte[] bytes = filled(28);

    RegistrationLayout.putRegister(
        new UnsafeBuffer(bytes), 0, 0x1112131415161718L, 3, 0x2122232425262728L);

    assertThat(bytes)
        .containsExactly(
            28, 0, 0, 0, // size
            3, // enable_bit
            4, // enable_size
            0, 0, // flags
            0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, // enable_addr
            0x28, 0x27, 0x26, 0x25, 0x24, 0x23, 0x22, 0x21, // name_args
            0, 0, 0, 0); // write_index
  }

  @Test
  void shouldPutTheUnregistrationByteForByte() {
    byte[] bytes = filled(16);

    RegistrationLayout.putUnregister(new UnsafeBuffer(bytes), 0, 0x1112131415161718L, 3);

    assertThat(bytes)
        .containsExactly(
            16, 0, 0, 0, // size
            3, // disable_bit
            0, // reserved
            0, 0, // reserved
            0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11); // disable_addr
  }

  @Test
  void shouldReadTheWriteIndexFromTheEndOfTheRegistration() {
    byte[] bytes = new byte[28];
    bytes[24] = 0x78;
    bytes[25] = 0x56;

    assertThat(RegistrationLayout.writeIndex(new UnsafeBuffer(bytes), 0)).isEqualTo(0x5678);
  }

  @Test
  void shouldKnowTheRequestNumbers() {
    assertThat(RegistrationLayout.REGISTER).isEqualTo(0xC0082A00L);
    assertThat(RegistrationLayout.UNREGISTER).isEqualTo(0x40082A02L);
  }

  /** Not zero, so that a byte that is left out shows. */
  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0x55);
    return bytes;
  }
}
