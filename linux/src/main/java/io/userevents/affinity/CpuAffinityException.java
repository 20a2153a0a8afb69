// SPDX-License-Identifier: Apache-2.0
package io.userevents.affinity;

import org.jspecify.annotations.Nullable;

/**
 * An exception that is thrown when the CPUs of a thread cannot be set or read. The message names
 * the CPU that was asked for and the allowed CPUs, and says what you can do.
 *
 * @since 0.1.0
 */
public final class CpuAffinityException extends Exception {

  private static final long serialVersionUID = 1L;

  /** The number of the error. */
  private final int errno;

  CpuAffinityException(String message, int errno, @Nullable Throwable cause) {
    super(message, cause);
    this.errno = errno;
  }

  /**
   * Returns the number of the error, as Linux numbers it.
   *
   * @return the number: {@code EINVAL} if the CPU is not allowed, {@code EPERM} if pinning is
   *     forbidden, {@code ENOSYS} if the machine has no such call
   */
  public int errno() {
    return errno;
  }
}
