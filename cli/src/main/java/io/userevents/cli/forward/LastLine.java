// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.forward;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The line that accounts for each event. It is printed once: at the end in order, or when the JVM
 * exits before that, for example at a second signal.
 */
final class LastLine {

  private static final Logger LOGGER = Logger.getLogger(LastLine.class.getName());

  private final Supplier<String> accounts;
  private final PrintWriter err;
  private final long maxWaitMs;
  private final AtomicBoolean isPrinted = new AtomicBoolean();
  private final Thread atExit = new Thread(this::printWithoutWaiting, "user-events-end");

  /**
   * Creates the line without printing it.
   *
   * @param maxWaitMs the longest time in ms by which it delays the JVM's exit
   */
  LastLine(Supplier<String> accounts, PrintWriter err, long maxWaitMs) {
    this.accounts = accounts;
    this.err = err;
    this.maxWaitMs = maxWaitMs;
  }

  /** Lets the exit of the JVM print the line, unless it was printed before. */
  void printAtExit() {
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Prints the line at the end in order. */
  void print() {
    print("user-events: ");
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOGGER.log(Level.FINEST, "ended in order while the JVM was exiting", e);
    }
  }

  /** Prints in a thread that the exit does not wait for: nobody may read standard error. */
  private void printWithoutWaiting() {
    Thread printing = new Thread(() -> print("user-events: ended at once: "), "user-events-line");
    printing.setDaemon(true);
    printing.start();
    try {
      TimeUnit.MILLISECONDS.timedJoin(printing, maxWaitMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void print(String start) {
    if (isPrinted.compareAndSet(false, true)) {
      err.println(start + accounts.get());
      err.flush();
    }
  }
}
