// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.agrona.concurrent.SigInt;

/** Asks a running command to end in order. All methods may be called by any thread. */
final class StopSignal {

  private static final Logger LOGGER = Logger.getLogger(StopSignal.class.getName());
  private static final int EXIT_CODE_SIGINT = 130;

  private final CountDownLatch raised = new CountDownLatch(1);

  void raise() {
    raised.countDown();
  }

  boolean isRaised() {
    return raised.getCount() == 0;
  }

  /** Waits that long, or less if it is raised meanwhile; returns whether it is. */
  boolean await(Duration time) throws InterruptedException {
    return raised.await(TimeUnit.NANOSECONDS.convert(time), TimeUnit.NANOSECONDS);
  }

  /** The first SIGINT of this process raises it; the next one ends the process at once. */
  void raiseOnSigInt() {
    try {
      SigInt.register(
          () -> {
            if (isRaised()) {
              System.exit(EXIT_CODE_SIGINT);
            }
            raise();
          });
    } catch (IllegalArgumentException e) {
      // With -Xrs the JVM leaves signals alone: then SIGINT ends the process as it always did.
      LOGGER.log(Level.FINE, "SIGINT is left to the system", e);
    }
  }
}
