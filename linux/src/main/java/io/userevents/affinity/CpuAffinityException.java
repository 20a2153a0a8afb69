// SPDX-License-Identifier: Apache-2.0
package io.userevents.affinity;

import io.userevents.internal.syscall.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the CPUs of a thread could not be set or read. The message says which CPU was asked
 * for, which ones are allowed, and what can be done.
 */
public final class CpuAffinityException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int errno;

  CpuAffinityException(String message, int errno, @Nullable Throwable cause) {
    super(message, cause);
    this.errno = errno;
  }

  /**
   * Number of the error, see {@link Errno}: {@code EINVAL} if the CPU is not among the allowed
   * ones, {@code EPERM} if pinning is forbidden, {@code ENOSYS} if there is no such call.
   */
  public int errno() {
    return errno;
  }
}
