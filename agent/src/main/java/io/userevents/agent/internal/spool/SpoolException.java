// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a spool cannot be opened or cannot take a batch. The message has the reason and the
 * remedy.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class SpoolException extends IOException {

  private static final long serialVersionUID = 1L;

  SpoolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
