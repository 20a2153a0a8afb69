// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A counter that is nearly always incremented by the same thread, the first one that did: this one
 * pays for no atomic operation. Any thread may increment and read; no increment is lost.
 */
final class OwnedCounter {

  private final AtomicReference<@Nullable WeakReference<Thread>> owner = new AtomicReference<>();

  /** Written by the owner only. */
  private final AtomicLong ofOwner = new AtomicLong();

  private final LongAdder ofOthers = new LongAdder();

  void increment() {
    WeakReference<Thread> first = owner.getAcquire();
    if (first != null && first.get() == Thread.currentThread()) {
      ofOwner.setOpaque(ofOwner.getPlain() + 1);
    } else {
      incrementByAnother();
    }
  }

  private void incrementByAnother() {
    if (owner.get() == null
        && owner.compareAndSet(null, new WeakReference<>(Thread.currentThread()))) {
      increment();
    } else {
      ofOthers.increment();
    }
  }

  long sum() {
    return ofOwner.getOpaque() + ofOthers.sum();
  }
}
