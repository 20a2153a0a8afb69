// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a tracepoint could not be registered. The message says what was asked, found and can
 * be done.
 */
public final class RegistrationException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int errno;

  /**
   * For tracepoints of other kinds.
   *
   * @param message what was asked, what was found and what can be done
   * @param errno the error's number, see {@link Errno}; with {@code ENOSYS} it is not tried again
   * @param cause may be null
   */
  public RegistrationException(String message, int errno, @Nullable Throwable cause) {
    super(message, cause);
    this.errno = errno;
  }

  /** A system call on {@code path} failed. */
  static RegistrationException ofErrno(
      String eventName, String path, String call, int errno, String remedy) {
    return new RegistrationException(
        "cannot register tracepoint "
            + eventName
            + ": call="
            + call
            + " path="
            + path
            + " errno="
            + Errno.describe(errno)
            + "; "
            + remedy,
        errno,
        null);
  }

  /**
   * This machine cannot make the calls at all. Without the cause: its text says all, and a trace in
   * the log of each application on another platform says nothing more.
   */
  static RegistrationException ofUnsupported(
      String eventName, UnsupportedOperationException cause) {
    return new RegistrationException(
        "cannot register tracepoint " + eventName + ": " + cause.getMessage(),
        Errno.ENOSYS.number(),
        null);
  }

  /** Number of the error, see {@link Errno}. */
  public int errno() {
    return errno;
  }
}
