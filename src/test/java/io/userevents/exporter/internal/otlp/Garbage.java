// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/** Waits for the garbage collector. */
final class Garbage {

  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(120);

  private Garbage() {}

  /** Fails if one of them is still there after some collections. */
  static void awaitCollected(Collection<? extends WeakReference<?>> references)
      throws InterruptedException {
    long startNs = System.nanoTime();
    long left;
    while ((left = references.stream().filter(reference -> reference.get() != null).count()) > 0) {
      if (System.nanoTime() - startNs > PATIENCE_NS) {
        throw new AssertionError("still referenced: " + left + " of " + references.size());
      }
      System.gc();
      Thread.sleep(10);
    }
  }
}
