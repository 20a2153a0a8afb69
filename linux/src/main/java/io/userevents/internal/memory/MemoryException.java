// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.memory;

import org.jspecify.annotations.Nullable;

/**
 * An exception that is thrown when the machine has no memory. The message says how much was
 * requested and what you can do.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class MemoryException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message says how much was requested, what was found and what can be done
   * @param cause cause of the failure, or null
   */
  public MemoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
