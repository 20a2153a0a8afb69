// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Asks a running command to end in order. Any thread may call any method. */
public final class StopSignal {

  private final CountDownLatch raised = new CountDownLatch(1);
  private volatile int exitCode = ExitCode.OK;
  private volatile boolean isOfProcess;

  /** Raises the signal. A second call does nothing. */
  public void raise() {
    raised.countDown();
  }

  /** Raises the signal as SIGHUP does: the terminal is closed. */
  public void hangUp() {
    if (!isRaised()) {
      exitCode = ExitCode.SIGHUP;
    }
    raise();
  }

  /** Returns whether the signal was raised. */
  public boolean isRaised() {
    return raised.getCount() == 0;
  }

  /** Waits for this time, or less if the signal is raised before. Returns whether it was raised. */
  public boolean await(Duration time) throws InterruptedException {
    return raised.await(TimeUnit.NANOSECONDS.convert(time), TimeUnit.NANOSECONDS);
  }

  /**
   * Lets the first SIGINT of this process raise the signal. The next one ends the process at once.
   */
  public void raiseOnSigInt() {
    isOfProcess = true;
    raiseOn("INT", ExitCode.SIGINT);
  }

  /**
   * Does the same as {@link #raiseOnSigInt} for SIGTERM and SIGHUP, for commands that must finish
   * some work. A shutdown hook is not suitable: all hooks run at the same time, and the listener's
   * hook would remove unread events. The JVM keeps an ignored SIGHUP ignored, as under nohup. Does
   * nothing for a command that does not handle signals.
   */
  public void raiseOnTermination() {
    if (isOfProcess) {
      raiseOn("TERM", ExitCode.SIGTERM);
      raiseOn("HUP", ExitCode.SIGHUP);
    }
  }

  /**
   * Ends the process some time after a SIGTERM or SIGHUP if the command has not ended by then.
   * Without this, a command whose output is not read would never end.
   */
  public void exitAfterTermination(Duration time) {
    Thread thread =
        new Thread(
            () -> {
              try {
                raised.await();
                if (exitCode != ExitCode.OK) {
                  TimeUnit.NANOSECONDS.sleep(time.toNanos());
                  System.exit(exitCode);
                }
              } catch (InterruptedException e) {
                // No other code can interrupt this thread.
                throw new IllegalStateException(e);
              }
            },
            "user-events-termination");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Returns the exit code of a command that ended in order: 0, or that of the SIGTERM or SIGHUP
   * that raised the signal.
   */
  public int exitCode() {
    return exitCode;
  }

  private void raiseOn(String name, int exitCodeOfSignal) {
    Signals.handle(
        name,
        () -> {
          if (isRaised()) {
            // The shell and the kernel may both send a SIGHUP, so a second one is not a request to
            // end at once.
            if (exitCodeOfSignal != ExitCode.SIGHUP) {
              System.exit(exitCodeOfSignal);
            }
            return;
          }
          exitCode = exitCodeOfSignal == ExitCode.SIGINT ? ExitCode.OK : exitCodeOfSignal;
          raise();
        });
  }
}
