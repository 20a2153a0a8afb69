// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Handles signals of this process. It uses reflection, because javac warns of {@code
 * sun.misc.Signal} and the warning cannot be suppressed.
 */
public final class Signals {

  private static final Logger LOGGER = Logger.getLogger(Signals.class.getName());

  /** {@code asm-generic/signal.h}: the same on x86-64 and aarch64. */
  private static final int SIGSTOP = 19;

  private Signals() {}

  /**
   * Runs an action at each signal of this name, for example {@code INT}, on a thread of the JVM.
   * With {@code -Xrs} the JVM does not handle signals, and this method does nothing.
   */
  public static void handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object named = signal.getConstructor(String.class).newInstance(name);
      MethodHandle run =
          MethodHandles.publicLookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(action);
      Object ofAction =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(run, 0, signal));
      signal.getMethod("handle", signal, handler).invoke(null, named, ofAction);
    } catch (ReflectiveOperationException e) {
      LOGGER.log(Level.FINE, "SIG" + name + " is left to the system", e);
    }
  }

  /**
   * Stops this process, as Ctrl-Z in a shell stops a process without signal handlers. Returns when
   * the process continues.
   */
  public static void stopThisProcess() {
    // The JDK raises only signals that the program handles, and this one cannot be handled.
    int failed =
        Function.getFunction(Platform.C_LIBRARY_NAME, "raise").invokeInt(new Object[] {SIGSTOP});
    if (failed != 0) {
      LOGGER.log(Level.WARNING, "raise(SIGSTOP) failed: the process cannot be stopped");
    }
  }
}
