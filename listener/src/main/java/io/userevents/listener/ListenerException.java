// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.syscall.Errno;
import io.userevents.listener.internal.LayoutException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The kernel refused what a listener needs. The message says what was asked, found and helps. */
public final class ListenerException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int errno;

  ListenerException(String message, int errno, @Nullable Throwable cause) {
    super(message, cause);
    this.errno = errno;
  }

  /** A call on {@code path} failed. */
  static ListenerException ofErrno(
      String call, Object path, int errno, String remedy, @Nullable Throwable cause) {
    return new ListenerException(
        call + " failed: path=" + path + " errno=" + Errno.describe(errno) + "; " + remedy,
        errno,
        cause);
  }

  /** The kernel described its layout in a way that this version does not understand. */
  static ListenerException ofText(String what, String text) {
    return new ListenerException(
        what + "; please report the kernel's version and this text: " + text.strip(), 0, null);
  }

  /** A text of the kernel's that was not understood. */
  static ListenerException of(LayoutException e) {
    return new ListenerException(String.valueOf(e.getMessage()), 0, e);
  }

  /** Number of the error, see {@link Errno}; 0 if it was none of a system call. */
  public int errno() {
    return errno;
  }
}
