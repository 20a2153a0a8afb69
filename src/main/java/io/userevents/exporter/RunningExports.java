// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the exports that are publishing, so that a shutdown lets them end before it closes the
 * pipeline. The SDK's periodic reader shuts its exporter down 5 s after it began to wait for an
 * export that is under way, and goes on with that export.
 *
 * <p>Thread-safe. Neither blocks nor allocates for an export.
 */
final class RunningExports {

  /** The SDK waits 10 s for a shutdown; the pipeline's closing may need 5 s of these. */
  static final long MAX_WAIT_S = 5;

  private final AtomicInteger running = new AtomicInteger();

  /** Null until somebody waits. */
  private volatile @Nullable CompletableFuture<Void> waiter;

  void begin() {
    running.incrementAndGet();
  }

  /** Runs what waits for the last export, so after everything else of that. */
  void end() {
    int left = running.decrementAndGet();
    CompletableFuture<Void> waiting = waiter;
    if (left == 0 && waiting != null) {
      waiting.complete(null);
    }
  }

  /**
   * Completes when no export is publishing, after {@link #MAX_WAIT_S} in any case. To be called
   * once.
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
      // The JDK's timer is a thread, and there may be none left. A wait without a bound is worse
      // than exports that are refused, which is counted and logged.
      waiting.complete(null);
      return waiting;
    }
  }
}
