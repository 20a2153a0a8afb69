// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.io.IOException;

/** Thrown when a command cannot continue. The message is shown to the user unchanged. */
public final class CommandException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception. The message has the request, the values found and a remedy. */
  public CommandException(String message) {
    super(message);
  }

  /** Creates the exception. The message has the request, the values found and a remedy. */
  public CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
