// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Completes the result of a flush or a shutdown as its future has ended. It is no lambda: the JVM
 * would link that at its first use, and if memory is short then, all later uses fail.
 */
final class FutureCompletion extends Completion
    implements BiConsumer<@Nullable Void, @Nullable Throwable> {

  private final Completions completions;
  private final CompletableFuture<Void> future;
  private final @Nullable Runnable before;
  private final CompletableResultCode result;

  /** Whether this was submitted or taken back. */
  private final AtomicBoolean isEnded = new AtomicBoolean();

  /**
   * Creates a completion.
   *
   * @param completions where the result was begun
   * @param before runs before the result is completed, or null
   */
  FutureCompletion(
      Completions completions,
      CompletableFuture<Void> future,
      @Nullable Runnable before,
      CompletableResultCode result) {
    this.completions = completions;
    this.future = future;
    this.before = before;
    this.result = result;
  }

  /** Completes the result, which was begun, when the future is done. */
  void completeLater() {
    try {
      CompletableFuture<Void> unused = future.whenComplete(this);
    } catch (Throwable e) {
      // Memory is short. Whether the future has this completion is not known.
      if (isEnded.compareAndSet(false, true)) {
        completions.takeBack();
      }
      throw e;
    }
  }

  @Override
  public void accept(@Nullable Void done, @Nullable Throwable thrown) {
    if (isEnded.compareAndSet(false, true)) {
      completions.submit(this);
    }
  }

  @Override
  void complete() {
    try {
      if (before != null) {
        before.run();
      }
      @Nullable Throwable failure = failureOf(future);
      if (failure == null) {
        result.succeed();
      } else {
        SdkVersions.fail(result, failure);
      }
    } finally {
      // This does nothing unless memory was short above.
      result.fail();
    }
  }

  /**
   * Returns why a future that is done has failed, or null if it has not. A future that follows
   * another one wraps the cause.
   */
  private static @Nullable Throwable failureOf(CompletableFuture<Void> future) {
    try {
      future.join();
      return null;
    } catch (CompletionException e) {
      Throwable cause = e.getCause();
      return cause == null ? e : cause;
    } catch (CancellationException e) {
      return e;
    }
  }
}
