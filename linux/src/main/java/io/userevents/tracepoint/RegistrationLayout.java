// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import org.agrona.MutableDirectBuffer;

/**
 * Defines the layouts of the two ioctl arguments, packed, in native byte order ({@code
 * include/uapi/linux/user_events.h}, Linux 6.4 and newer).
 *
 * <pre>
 * struct user_reg, 28 bytes                      struct user_unreg, 16 bytes
 *    0  u32 size = 28                               0  u32 size = 16
 *    4  u8  enable_bit                              4  u8  disable_bit
 *    5  u8  enable_size = 4                         5  u8  reserved = 0
 *    6  u16 flags = 0                               6  u16 reserved = 0
 *    8  u64 enable_addr                             8  u64 disable_addr
 *   16  u64 name_args
 *   24  u32 write_index (out)
 * </pre>
 */
final class RegistrationLayout {

  /** {@code DIAG_IOCSREG}: {@code _IOWR('*', 0, struct user_reg *)}. */
  static final long REGISTER = 0xC0082A00L;

  /** {@code DIAG_IOCSUNREG}: {@code _IOW('*', 2, struct user_unreg *)}. */
  static final long UNREGISTER = 0x40082A02L;

  static final int REGISTER_LENGTH = 28;
  static final int UNREGISTER_LENGTH = 16;
  private static final int WRITE_INDEX_OFFSET = 24;

  private RegistrationLayout() {}

  static void putRegister(
      MutableDirectBuffer buffer, int offset, long enableAddress, int enableBit, long nameAddress) {
    buffer.putInt(offset, REGISTER_LENGTH);
    buffer.putByte(offset + 4, (byte) enableBit);
    buffer.putByte(offset + 5, (byte) EnableWord.LENGTH);
    buffer.putShort(offset + 6, (short) 0);
    buffer.putLong(offset + 8, enableAddress);
    buffer.putLong(offset + 16, nameAddress);
    buffer.putInt(offset + WRITE_INDEX_OFFSET, 0);
  }

  static int writeIndex(MutableDirectBuffer buffer, int offset) {
    return buffer.getInt(offset + WRITE_INDEX_OFFSET);
  }

  static void putUnregister(
      MutableDirectBuffer buffer, int offset, long disableAddress, int disableBit) {
    buffer.putInt(offset, UNREGISTER_LENGTH);
    buffer.putByte(offset + 4, (byte) disableBit);
    buffer.putByte(offset + 5, (byte) 0);
    buffer.putShort(offset + 6, (short) 0);
    buffer.putLong(offset + 8, disableAddress);
  }
}
