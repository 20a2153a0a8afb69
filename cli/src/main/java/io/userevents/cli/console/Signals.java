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
 * Signals of this process. By reflection, since javac warns of {@code sun.misc.Signal} and lets
 * nobody suppress that.
 */
public final class Signals {

  private static final Logger LOGGER = Logger.getLogger(Signals.class.getName());

  /** {@code asm-generic/signal.h}: the same on x86-64 and aarch64. */
  private static final int SIGSTOP = 19;

  private Signals() {}

  /**
   * Has an action run at each signal of this name, e.g. {@code INT}, on a thread of the JVM's. With
   * {@code -Xrs} the JVM leaves signals alone: then this does nothing.
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
   * Stops this process, as a shell's Ctrl-Z does to one that handles no signal; returns when it has
   * been continued.
   */
  public static void stopThisProcess() {
    // The JDK raises those signals only that a program handles, and nobody can handle this one.
    int failed =
        Function.getFunction(Platform.C_LIBRARY_NAME, "raise").invokeInt(new Object[] {SIGSTOP});
    if (failed != 0) {
      LOGGER.log(Level.WARNING, "raise(SIGSTOP) failed: the process cannot be stopped");
    }
  }
}
