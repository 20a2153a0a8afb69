// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.memory;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the machine has no memory. The message says how much was asked for, and what can be
 * done.
 */
public final class MemoryException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * Says what was asked for, what was found and what can be done.
   *
   * @param cause may be null
   */
  public MemoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
