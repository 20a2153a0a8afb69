// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import java.io.IOException;

/** A command cannot go on. The message is for the user as it is. */
final class CommandException extends IOException {

  private static final long serialVersionUID = 1L;

  CommandException(String message) {
    super(message);
  }

  CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
