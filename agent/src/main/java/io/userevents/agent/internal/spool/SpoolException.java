// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A spool cannot be opened, or cannot take a batch. The message says why, and what helps. */
public final class SpoolException extends IOException {

  private static final long serialVersionUID = 1L;

  SpoolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
