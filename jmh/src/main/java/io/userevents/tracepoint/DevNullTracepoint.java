// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A tracepoint whose file is {@code /dev/null}. It has the same enable word and the same {@code
 * writev} as the kernel's, and nothing behind them. A benchmark with it shows the cost of this
 * library without the cost of tracing in the kernel.
 *
 * <p>Unlike other tracepoints, several threads may write to it, each with its own event.
 */
public final class DevNullTracepoint implements Tracepoint {

  private static final String PATH = "/dev/null";

  private final Syscalls syscalls = Syscalls.ofThisMachine();
  private final EnableWord enableWord = new EnableWord();
  private final int fd;

  /**
   * Opens the file.
   *
   * @param enabled whether a listener always seems to be attached
   */
  public DevNullTracepoint(boolean enabled) {
    if (enabled) {
      // This does the kernel's part.
      new UnsafeBuffer(enableWord.address(), EnableWord.LENGTH)
          .putIntVolatile(0, 1 << EnableWord.BIT);
    }
    fd = syscalls.open(PATH, Syscalls.O_WRONLY | Syscalls.O_CLOEXEC);
    if (fd < 0) {
      throw new IllegalStateException("cannot open " + PATH + ": " + Errno.describe(-fd));
    }
  }

  @Override
  public String eventName() {
    return "dev_null";
  }

  @Override
  public String register() {
    return PATH;
  }

  @Override
  public boolean isEnabled() {
    return enableWord.isSet();
  }

  @Override
  public int write(EventVector event) {
    event.seal(0);
    long result = syscalls.writev(fd, event.iovecs(), event.iovecCount());
    return result == event.totalLength() ? 0 : -Errno.EIO.number();
  }

  @Override
  public void close() {
    syscalls.close(fd);
  }
}
