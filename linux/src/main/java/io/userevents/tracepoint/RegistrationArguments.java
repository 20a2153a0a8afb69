// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Syscalls;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Holds the off-heap arguments of registering and unregistering one event. They are allocated in
 * advance, so that unregistering never fails because memory is short. They are released when this
 * object is unreachable.
 *
 * <pre>
 *    0                     32                     48                     64
 *   +---------------------+----------------------+----------------------+-----------------------+
 *   | struct user_reg(28) | struct user_unreg(16)| the same, zeroed     | name and fields, NUL  |
 *   +---------------------+----------------------+----------------------+-----------------------+
 * </pre>
 */
final class RegistrationArguments {

  private static final int REGISTER_OFFSET = 0;
  private static final int UNREGISTER_OFFSET = 32;
  private static final int ZEROED_OFFSET = 48;
  private static final int NAME_OFFSET = 64;

  private final NativeRegion region;
  private final UnsafeBuffer buffer;

  RegistrationArguments(String eventName) {
    byte[] name = EventLayout.nameAndFields(eventName).getBytes(StandardCharsets.US_ASCII);
    // The region is zeroed, which ends the name.
    region = NativeRegion.allocate(NAME_OFFSET + name.length + 1, Long.BYTES);
    buffer = region.buffer();
    buffer.putBytes(NAME_OFFSET, name);
  }

  /** Returns the result of the system call. */
  int register(Syscalls calls, int fd, EnableWord enableWord) {
    RegistrationLayout.putRegister(
        buffer,
        REGISTER_OFFSET,
        enableWord.address(),
        EnableWord.BIT,
        region.address() + NAME_OFFSET);
    return calls.ioctl(fd, RegistrationLayout.REGISTER, region.address() + REGISTER_OFFSET);
  }

  /** Returns the write index that the kernel gave at the last registration. */
  int writeIndex() {
    return RegistrationLayout.writeIndex(buffer, REGISTER_OFFSET);
  }

  /** Returns the result of the system call. */
  int unregister(Syscalls calls, int fd, EnableWord enableWord) {
    RegistrationLayout.putUnregister(
        buffer, UNREGISTER_OFFSET, enableWord.address(), EnableWord.BIT);
    return calls.ioctl(fd, RegistrationLayout.UNREGISTER, region.address() + UNREGISTER_OFFSET);
  }

  /**
   * Asks which file a descriptor belongs to, without any effect. The call is an unregistration of
   * length 0, which {@code user_unreg_get} refuses before it looks at the rest.
   *
   * @return a negated errno: {@code EINVAL} if the descriptor is of {@code user_events_data},
   *     {@code EBADF} if it is not open, {@code ENOTTY} if it is of another file
   */
  int identify(Syscalls calls, int fd) {
    return calls.ioctl(fd, RegistrationLayout.UNREGISTER, region.address() + ZEROED_OFFSET);
  }
}
