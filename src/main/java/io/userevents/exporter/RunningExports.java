// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the exports that are publishing, so that a shutdown lets them end before it closes the
 * pipeline. The SDK's periodic reader shuts its exporter down after it has waited for a running
 * export for 5 s, and continues that export.
 *
 * <p>Thread-safe. It neither blocks nor allocates for an export.
 */
final class RunningExports {

  /**
   * The longest wait. The SDK waits 10 s for a shutdown, of which closing the pipeline may need 5
   * s.
   */
  static final long MAX_WAIT_S = 5;

  private final AtomicInteger running = new AtomicInteger();

  /** The future that a shutdown waits for; null until then. */
  private volatile @Nullable CompletableFuture<Void> waiter;

  void begin() {
    running.incrementAndGet();
  }

  /**
   * Ends an export. This runs the code that waits for the last export, so it must come after the
   * rest of the export.
   */
  void end() {
    int left = running.decrementAndGet();
    CompletableFuture<Void> waiting = waiter;
    if (left == 0 && waiting != null) {
      waiting.complete(null);
    }
  }

  /**
   * Returns a future that completes when no export is publishing, and after {@link #MAX_WAIT_S} in
   * any case. Called once.
   */
  CompletableFuture<Void> ended() {
    CompletableFuture<Void> waiting = new CompletableFuture<>();
    waiter = waiting;
    if (running.get() == 0) {
      waiting.complete(null);
      return waiting;
    }
    try {
      return waiting.completeOnTimeout(null, MAX_WAIT_S, TimeUnit.SECONDS);
    } catch (Throwable e) {
      // The JDK's timer is a thread, and there may be none left. Refused exports are better than a
      // wait without a bound, because they are counted and logged.
      waiting.complete(null);
      return waiting;
    }
  }
}
