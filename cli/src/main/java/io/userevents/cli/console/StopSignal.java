// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Asks a running command to end in order. All methods may be called by any thread. */
public final class StopSignal {

  private final CountDownLatch raised = new CountDownLatch(1);
  private volatile int exitCode = ExitCode.OK;
  private volatile boolean isOfProcess;

  /** Raises it; once more does nothing. */
  public void raise() {
    raised.countDown();
  }

  /** Raises it as a SIGHUP does: the terminal is gone. */
  public void hangUp() {
    if (!isRaised()) {
      exitCode = ExitCode.SIGHUP;
    }
    raise();
  }

  /** Whether it has been raised. */
  public boolean isRaised() {
    return raised.getCount() == 0;
  }

  /** Waits that long, or less if it is raised meanwhile; returns whether it is. */
  public boolean await(Duration time) throws InterruptedException {
    return raised.await(TimeUnit.NANOSECONDS.convert(time), TimeUnit.NANOSECONDS);
  }

  /** The first SIGINT of this process raises it; the next one ends the process at once. */
  public void raiseOnSigInt() {
    isOfProcess = true;
    raiseOn("INT", ExitCode.SIGINT);
  }

  /**
   * As {@link #raiseOnSigInt} for SIGTERM and SIGHUP, for commands that have something to finish. A
   * shutdown hook would not do: all hooks run at once, and the listener's removes what is yet to be
   * read. A SIGHUP that is ignored, as nohup has it, stays ignored: the JVM sees to that. Does
   * nothing for a command that leaves signals alone.
   */
  public void raiseOnTermination() {
    if (isOfProcess) {
      raiseOn("TERM", ExitCode.SIGTERM);
      raiseOn("HUP", ExitCode.SIGHUP);
    }
  }

  /**
   * Ends the process some time after a SIGTERM or SIGHUP if the command has not ended by then: one
   * whose output nobody reads would stay for ever.
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
                // Nobody else has this thread.
                throw new IllegalStateException(e);
              }
            },
            "user-events-termination");
    thread.setDaemon(true);
    thread.start();
  }

  /** Of a command that was ended in order: 0, or that of the SIGTERM or SIGHUP that raised it. */
  public int exitCode() {
    return exitCode;
  }

  private void raiseOn(String name, int exitCodeOfSignal) {
    Signals.handle(
        name,
        () -> {
          if (isRaised()) {
            // A hang-up may be told by the shell and by the kernel: nobody insists on it.
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
