// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Closes a listener's capture when the JVM ends. It frees no memory, because a handler may still be
 * running and the JVM ends anyway.
 */
final class ShutdownHook {

  private static final Logger LOGGER = Logger.getLogger(ShutdownHook.class.getName());
  private static final long WAIT_MS = 2000;

  private final CallLock callLock;
  private final Runnable close;
  private final Supplier<String> description;
  private final Thread thread = new Thread(this::run, "user-events-listener-shutdown");

  /**
   * @param close called with the lock of calls held
   * @param description of the resources that stay behind if the lock is not available
   */
  ShutdownHook(CallLock callLock, Runnable close, Supplier<String> description) {
    this.callLock = callLock;
    this.close = close;
    this.description = description;
  }

  /**
   * Adds this hook to the JVM's shutdown hooks.
   *
   * @throws IllegalStateException if the JVM is shutting down
   */
  void add() {
    Runtime.getRuntime().addShutdownHook(thread);
  }

  void remove() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      LOGGER.log(Level.FINEST, "closed while the JVM is shutting down", e);
    }
  }

  private void run() {
    boolean isLocked = false;
    try {
      isLocked = callLock.tryLockAtOnce(WAIT_MS);
      if (isLocked) {
        close.run();
      } else {
        LOGGER.log(
            Level.WARNING,
            "could not close the listener while the JVM ended; left behind: {0}",
            description.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (isLocked) {
        callLock.unlock();
      }
    }
  }
}
