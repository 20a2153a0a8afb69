// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import io.userevents.cli.capture.Capture;
import io.userevents.cli.console.StandardOutput;
import io.userevents.cli.console.Text;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/** A progress line that is overwritten on a terminal. Without a terminal, nothing is shown. */
final class Progress {

  private static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final String CLEAR_TO_END = "\u001b[K";

  private final PrintWriter err;
  private final boolean isTerminal;
  private long shownNs = -PERIOD_NS;

  /**
   * Creates a progress line that ignores failures: a closed terminal must not end the completion of
   * a file.
   */
  static Progress onTerminal() {
    PrintStream silent = new PrintStream(new FileOutputStream(FileDescriptor.err), false);
    return new Progress(
        new PrintWriter(silent, false, StandardOutput.charset()), StandardOutput.isErrorTerminal());
  }

  Progress(PrintWriter err, boolean isTerminal) {
    this.err = err;
    this.isTerminal = isTerminal;
  }

  /** Shows the progress, at most twice a second. */
  void show(long events, long bytes, Capture.Counts counts, long elapsedNs) {
    if (isTerminal && elapsedNs - shownNs >= PERIOD_NS) {
      shownNs = elapsedNs;
      err.print(
          "\rrecording: %d events, %s, lost %d, %s%d s"
                  .formatted(
                      events,
                      Text.bytes(bytes),
                      counts.lostTotal(),
                      counts.interruptions() == 0
                          ? ""
                          : "interrupted " + counts.interruptions() + ", ",
                      TimeUnit.NANOSECONDS.toSeconds(elapsedNs))
              + CLEAR_TO_END);
      err.flush();
    }
  }

  /** Clears the line, so that other lines can follow. */
  void end() {
    if (isTerminal) {
      err.print("\r" + CLEAR_TO_END);
      err.flush();
    }
  }
}
