// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/**
 * Ends the process because its output cannot be written. A JVM ignores SIGPIPE, so a closed pipe
 * appears as an error here. Thread-safe.
 */
final class OutputFailure {

  /** {@code S_IFMT}, {@code S_IFIFO} and {@code S_IFSOCK} of {@code linux/stat.h}. */
  private static final int FILE_TYPE = 0xF000;

  private static final int FIFO = 0x1000;
  private static final int SOCKET = 0xC000;

  private final Path target;
  private final String name;
  private final PrintStream errors;
  private final IntConsumer exit;

  /**
   * @param target the link in {@code /proc} that shows the kind of the output
   * @param name of the output, for the message
   * @param errors receives a failure other than a closed pipe
   * @param exit ends the process with a code
   */
  OutputFailure(Path target, String name, PrintStream errors, IntConsumer exit) {
    this.target = target;
    this.name = name;
    this.errors = errors;
    this.exit = exit;
  }

  void end(IOException failure) {
    if (isClosedPipe(failure)) {
      exit.accept(ExitCode.CLOSED_PIPE);
      return;
    }
    if (StandardOutput.isTerminal(target)) {
      // The terminal was closed. A SIGHUP arrives as well, sooner or later.
      exit.accept(ExitCode.SIGHUP);
      return;
    }
    errors.println(
        "user-events: cannot write "
            + name
            + ": "
            + Text.printable(String.valueOf(failure.getMessage()))
            + remedy());
    errors.flush();
    exit.accept(ExitCode.FAILURE);
  }

  /**
   * The JDK gives no errno, and its text is in the user's language. In practice, a write to a pipe
   * or a socket fails only if its reader is gone.
   */
  private boolean isClosedPipe(IOException failure) {
    if (String.valueOf(failure.getMessage()).contains("Broken pipe")) {
      return true;
    }
    try {
      int mode = (Integer) Files.getAttribute(target, "unix:mode");
      return (mode & FILE_TYPE) == FIFO || (mode & FILE_TYPE) == SOCKET;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private String remedy() {
    String file = target();
    return file.isEmpty()
        ? "; send it to a file or a terminal that can be written"
        : "; make room for " + Text.printable(file) + ", or send the output elsewhere";
  }

  private String target() {
    try {
      return Files.readSymbolicLink(target).toString();
    } catch (IOException | InvalidPathException e) {
      return "";
    }
  }
}
