// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import io.userevents.cli.console.Text;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/** A line on a terminal that is written over again and again; nothing where there is none. */
final class Progress {

  private static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final String CLEAR_TO_END = "\u001b[K";

  private final PrintWriter err;
  private final boolean isTerminal;
  private long shownNs = -PERIOD_NS;

  Progress(PrintWriter err, boolean isTerminal) {
    this.err = err;
    this.isTerminal = isTerminal;
  }

  /** Shows how far it is, at most twice a second. */
  void show(long events, long bytes, long lost, long elapsedNs) {
    if (isTerminal && elapsedNs - shownNs >= PERIOD_NS) {
      shownNs = elapsedNs;
      err.print(
          "\rrecording: %d events, %s, lost %d, %d s"
                  .formatted(
                      events, Text.bytes(bytes), lost, TimeUnit.NANOSECONDS.toSeconds(elapsedNs))
              + CLEAR_TO_END);
      err.flush();
    }
  }

  /** Clears the line, for others that come. */
  void end() {
    if (isTerminal) {
      err.print("\r" + CLEAR_TO_END);
      err.flush();
    }
  }
}
