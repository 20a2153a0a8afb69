// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.EventLayout;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds back the consumer before an event, so that no burst exceeds the buffer of the reader. For
 * the consumer's thread. Allocates nothing.
 */
final class Pacer {

  /** Once the pipeline is closed, events are held back for no longer than this in all. */
  static final long MAX_CLOSING_NS = TimeUnit.SECONDS.toNanos(5);

  /** Between looks at everything else. */
  static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(2);

  private final @Nullable TokenBucket bucket;

  /** Waited for at once, so that the consumer wakes for many events and not for each. */
  private final int refillBytes;

  private final BooleanSupplier isClosed;
  private final Counters counters;
  private BooleanSupplier meanwhile = () -> true;
  private boolean closing;
  private long closingEndsNs;

  /**
   * Makes a pacer.
   *
   * @param isClosed whether the pipeline was closed
   */
  Pacer(Pacing pacing, BooleanSupplier isClosed, Counters counters) {
    bucket =
        pacing.isLimited()
            ? new TokenBucket(pacing.bytesPerSecond(), pacing.burstBytes(), System.nanoTime())
            : null;
    refillBytes = pacing.burstBytes() / 2;
    this.isClosed = isClosed;
    this.counters = counters;
  }

  /**
   * Sets what is done again and again while an event is held back, at least every {@link
   * #MAX_PARK_NS}. To be called once, before the consumer begins.
   *
   * @param meanwhile says whether to go on waiting: a listener is still attached
   */
  void meanwhile(BooleanSupplier meanwhile) {
    this.meanwhile = meanwhile;
  }

  /**
   * Returns when an event may be written.
   *
   * @param length of its records, in bytes
   */
  void await(int length) {
    TokenBucket tokens = bucket;
    if (tokens == null) {
      return;
    }
    int bytes = EventLayout.perfSampleLength(length);
    long startNs = System.nanoTime();
    long nowNs = startNs;
    int wanted = tokens.waitNs(bytes, nowNs) > 0 ? Math.max(bytes, refillBytes) : bytes;
    long waitNs;
    while ((waitNs = tokens.waitNs(wanted, nowNs)) > 0
        && !isOverdue(nowNs)
        && meanwhile.getAsBoolean()) {
      LockSupport.parkNanos(this, Math.min(waitNs, MAX_PARK_NS));
      // A thread that stays interrupted would never park again.
      Thread.interrupted();
      nowNs = System.nanoTime();
    }
    tokens.take(bytes, nowNs);
    if (nowNs != startNs) {
      counters.paced(nowNs - startNs);
    }
  }

  /** Whether the pipeline is closed, and its events were held back for long enough since. */
  private boolean isOverdue(long nowNs) {
    if (!closing) {
      if (!isClosed.getAsBoolean()) {
        return false;
      }
      closing = true;
      closingEndsNs = nowNs + MAX_CLOSING_NS;
    }
    return nowNs - closingEndsNs >= 0;
  }
}
