// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.libraries;

import java.util.ArrayList;
import java.util.List;

/** Looks through the causes of an error for the names that their messages have. */
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

  /** Whether the message of one of them has the name. */
  static boolean mention(List<Throwable> causes, String name) {
    for (Throwable cause : causes) {
      if (mentions(cause, name)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the message has the name; those of the JVM have it with slashes at times. */
  static boolean mentions(Throwable cause, String name) {
    String message = cause.getMessage();
    return message != null && message.replace('/', '.').contains(name);
  }
}
