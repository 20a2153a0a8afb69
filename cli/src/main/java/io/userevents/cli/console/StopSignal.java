// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Asks a running command to end in order. All methods may be called by any thread. */
public final class StopSignal {

  private final CountDownLatch raised = new CountDownLatch(1);
  private volatile boolean isSigTerm;
  private volatile boolean isOfProcess;

  /** Raises it; once more does nothing. */
  public void raise() {
    raised.countDown();
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
   * As {@link #raiseOnSigInt} for SIGTERM, for commands that have something to finish. A shutdown
   * hook would not do: all hooks run at once, and the listener's removes what is yet to be read.
   * Does nothing for a command that leaves signals alone.
   */
  public void raiseOnSigTerm() {
    if (isOfProcess) {
      raiseOn("TERM", ExitCode.SIGTERM);
    }
  }

  /** Whether it was SIGTERM that raised it. */
  public boolean isSigTerm() {
    return isSigTerm;
  }

  private void raiseOn(String name, int exitCode) {
    Signals.handle(
        name,
        () -> {
          if (isRaised()) {
            System.exit(exitCode);
          }
          isSigTerm = exitCode == ExitCode.SIGTERM;
          raise();
        });
  }
}
