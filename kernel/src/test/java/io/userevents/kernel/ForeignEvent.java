// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Syscalls;
import java.nio.charset.StandardCharsets;

/**
 * An event of another program with the same name and other fields. It exists while this object is
 * open.
 */
final class ForeignEvent implements AutoCloseable {

  private static final long DIAG_IOCSREG = 0xC0082A00L;
  private static final long DIAG_IOCSUNREG = 0x40082A02L;

  /** Behind a {@code struct iovec}. */
  private static final int WRITE_OFFSET = 16;

  private final Syscalls syscalls = Syscalls.ofThisMachine();
  private final NativeRegion enableWord = NativeRegion.allocate(64, 64);
  private final NativeRegion argument = NativeRegion.allocate(256, 64);
  private final int fd;

  ForeignEvent(String nameAndFields) {
    fd = syscalls.open(Tracing.TRACEFS.resolve("user_events_data").toString(), Syscalls.O_WRONLY);
    argument.buffer().putBytes(64, nameAndFields.getBytes(StandardCharsets.US_ASCII));
    argument.buffer().putInt(0, 28);
    argument.buffer().putByte(5, (byte) 4);
    argument.buffer().putLong(8, enableWord.address());
    argument.buffer().putLong(16, argument.address() + 64);
    assertThat(syscalls.ioctl(fd, DIAG_IOCSREG, argument.address())).isZero();
  }

  /** Writes one event with these bytes behind the common fields; 0 or a negated errno. */
  int write(byte[] data) {
    NativeRegion event = NativeRegion.allocate(WRITE_OFFSET + Integer.BYTES + data.length, 64);
    event.buffer().putLong(0, event.address() + WRITE_OFFSET);
    event.buffer().putLong(Long.BYTES, Integer.BYTES + data.length);
    event.buffer().putInt(WRITE_OFFSET, argument.buffer().getInt(24));
    event.buffer().putBytes(WRITE_OFFSET + Integer.BYTES, data);
    long written = syscalls.writev(fd, event.address(), 1);
    event.free();
    return written == Integer.BYTES + data.length ? 0 : (int) Math.min(written, -1);
  }

  @Override
  public void close() {
    argument.buffer().setMemory(0, 16, (byte) 0);
    argument.buffer().putInt(0, 16);
    argument.buffer().putLong(8, enableWord.address());
    assertThat(syscalls.ioctl(fd, DIAG_IOCSUNREG, argument.address())).isZero();
    assertThat(syscalls.close(fd)).isZero();
    argument.free();
    enableWord.free();
  }
}
