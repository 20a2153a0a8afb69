// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;
import org.jspecify.annotations.Nullable;

/**
 * An exception that is thrown when a tracepoint cannot be registered. The message names the call,
 * the file and the error, and says what you can do.
 *
 * @since 0.1.0
 */
public final class RegistrationException extends Exception {

  private static final long serialVersionUID = 1L;

  /** The number of the error. */
  private final int errno;

  /**
   * Creates the exception of a tracepoint of another kind.
   *
   * @param message names the call and the error, and says what can be done
   * @param errno number of the error as Linux numbers it; after {@code ENOSYS} the pipeline does
   *     not try again
   * @param cause cause of the failure, or null
   */
  public RegistrationException(String message, int errno, @Nullable Throwable cause) {
    super(message, cause);
    this.errno = errno;
  }

  /** Returns the exception for a system call on {@code path} that failed. */
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
   * Returns the exception for a machine that cannot make the calls at all. It has no cause: the
   * text of the cause is in the message, and a stack trace in the log of each application on
   * another platform would add nothing.
   */
  static RegistrationException ofUnsupported(
      String eventName, UnsupportedOperationException cause) {
    return new RegistrationException(
        "cannot register tracepoint " + eventName + ": " + cause.getMessage(),
        Errno.ENOSYS.number(),
        null);
  }

  /** {@return the number of the error, as Linux numbers it} */
  public int errno() {
    return errno;
  }
}
