// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what happens until it is due to be reported: at first at once. Any thread. */
final class OnceAMinute {

  private static final long INTERVAL_NS = TimeUnit.MINUTES.toNanos(1);

  private final AtomicLong nextNs = new AtomicLong(System.nanoTime());
  private final AtomicLong unreported = new AtomicLong();

  /** Returns how many there are to report now, or 0. */
  long addAndTake(long nowNs) {
    unreported.incrementAndGet();
    long due = nextNs.get();
    if (nowNs - due < 0 || !nextNs.compareAndSet(due, nowNs + INTERVAL_NS)) {
      return 0;
    }
    return unreported.getAndSet(0);
  }
}
