// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Asks a running command to end in order. All methods may be called by any thread. */
public final class StopSignal {

  private static final Logger LOGGER = Logger.getLogger(StopSignal.class.getName());

  private final CountDownLatch raised = new CountDownLatch(1);

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
    try {
      handleSigInt(
          MethodHandles.lookup().bind(this, "onSigInt", MethodType.methodType(void.class)));
    } catch (ReflectiveOperationException e) {
      // With -Xrs the JVM leaves signals alone: then SIGINT ends the process as it always did.
      LOGGER.log(Level.FINE, "SIGINT is left to the system", e);
    }
  }

  @SuppressWarnings("UnusedMethod") // It is bound by name.
  private void onSigInt() {
    if (isRaised()) {
      System.exit(ExitCode.SIGINT);
    }
    raise();
  }

  /**
   * By reflection, since javac warns of sun.misc.Signal and lets nobody suppress that. A shutdown
   * hook would not do: all hooks run at once, and the listener's removes what is yet to be read.
   */
  private static void handleSigInt(MethodHandle action) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object ofAction =
        MethodHandleProxies.asInterfaceInstance(
            handler, MethodHandles.dropArguments(action, 0, signal));
    Object sigInt = signal.getConstructor(String.class).newInstance("INT");
    signal.getMethod("handle", signal, handler).invoke(null, sigInt, ofAction);
  }
}
