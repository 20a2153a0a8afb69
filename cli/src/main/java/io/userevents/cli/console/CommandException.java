// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.io.IOException;

/** A command cannot go on. The message is for the user as it is. */
public final class CommandException extends IOException {

  private static final long serialVersionUID = 1L;

  /** The message says what was asked and found, and what helps. */
  public CommandException(String message) {
    super(message);
  }

  /** The message says what was asked and found, and what helps. */
  public CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
