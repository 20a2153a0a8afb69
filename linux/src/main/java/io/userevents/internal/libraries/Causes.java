// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.libraries;

import java.util.ArrayList;
import java.util.List;

/** Searches the causes of an error for names in their messages. */
final class Causes {

  private static final int MAX = 8;

  private Causes() {}

  /** Returns the error and its causes, from the outermost in. */
  static List<Throwable> of(Throwable error) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable cause = error;
        cause != null && causes.size() < MAX && !causes.contains(cause);
        cause = cause.getCause()) {
      causes.add(cause);
    }
    return causes;
  }

  /** Returns whether the message of one of the causes has the name. */
  static boolean mention(List<Throwable> causes, String name) {
    for (Throwable cause : causes) {
      if (mentions(cause, name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether the message has the name. Messages of the JVM sometimes have it with slashes.
   */
  static boolean mentions(Throwable cause, String name) {
    String message = cause.getMessage();
    return message != null && message.replace('/', '.').contains(name);
  }
}
