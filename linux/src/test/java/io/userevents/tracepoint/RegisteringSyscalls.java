// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The machine's calls, but for {@code ioctl}: it registers and unregisters whatever it is asked to,
 * and a listener is attached as long as it is registered.
 */
public final class RegisteringSyscalls implements Syscalls {

  private static final int ENABLE_ADDRESS_OFFSET = 8;

  private final Syscalls real = Syscalls.ofThisMachine();

  /** Returns a tracepoint that makes these calls and writes to a file in the folder. */
  public KernelTracepoint tracepoint(String eventName, Path tracefs) {
    return new KernelTracepoint(eventName, tracefs, () -> this);
  }

  @Override
  public int ioctl(int fd, long request, long argument) {
    if (new UnsafeBuffer(argument, 4).getInt(0) == 0) {
      return -Errno.EINVAL.number();
    }
    // Both structs have the word's address at the same place.
    long enableAddress = new UnsafeBuffer(argument, 16).getLong(ENABLE_ADDRESS_OFFSET);
    new UnsafeBuffer(enableAddress, EnableWord.LENGTH)
        .putIntVolatile(0, request == RegistrationLayout.REGISTER ? 1 << EnableWord.BIT : 0);
    return 0;
  }

  @Override
  public String facility() {
    return real.facility();
  }

  @Override
  public int open(String path, int flags) {
    return real.open(path, flags);
  }

  @Override
  public int close(int fd) {
    return real.close(fd);
  }

  @Override
  public long writev(int fd, long iovecs, int count) {
    return real.writev(fd, iovecs, count);
  }

  @Override
  public long read(int fd, long address, long length) {
    throw new AssertionError("a writer never reads");
  }

  @Override
  public int poll(long pollfds, int count, int timeoutMs) {
    throw new AssertionError("a writer never polls");
  }
}
