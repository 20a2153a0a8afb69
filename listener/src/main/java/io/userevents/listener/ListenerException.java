// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.syscall.Errno;
import io.userevents.listener.internal.LayoutException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the kernel refuses an operation that a listener needs. The message has the operation,
 * the values found and a remedy.
 *
 * @since 0.1.0
 */
public final class ListenerException extends IOException {

  private static final long serialVersionUID = 1L;

  /** See {@link #errno()}. */
  private final int errno;

  ListenerException(String message, int errno, @Nullable Throwable cause) {
    super(message, cause);
    this.errno = errno;
  }

  /** Creates the exception for a call that failed on {@code path}. */
  static ListenerException ofErrno(
      String call, Object path, int errno, String remedy, @Nullable Throwable cause) {
    return new ListenerException(
        call + " failed: path=" + path + " errno=" + Errno.describe(errno) + "; " + remedy,
        errno,
        cause);
  }

  /** Creates the exception for a layout that this version does not understand. */
  static ListenerException ofText(String what, String text) {
    return new ListenerException(
        what + "; please report the kernel's version and this text: " + text.strip(), 0, null);
  }

  /** Creates the exception for a text from the kernel that this version does not understand. */
  static ListenerException of(LayoutException e) {
    return new ListenerException(String.valueOf(e.getMessage()), 0, e);
  }

  /**
   * {@return the error number, see {@link Errno}, or 0 if the error did not come from a system
   * call}
   */
  public int errno() {
    return errno;
  }
}
