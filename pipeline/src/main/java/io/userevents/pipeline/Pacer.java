// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.EventLayout;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides how long an event is held back, so that no burst exceeds the buffer of the reader. Only
 * the consumer's thread uses it. It allocates nothing and never waits.
 */
final class Pacer {

  /** The longest time in all for which events are held back once the pipeline is closed. */
  static final long MAX_CLOSING_NS = TimeUnit.SECONDS.toNanos(5);

  private final @Nullable TokenBucket bucket;

  /**
   * The tokens that one wait collects, so that the consumer wakes for many events and not for each.
   */
  private final int refillBytes;

  private final BooleanSupplier isClosed;
  private final Counters counters;

  /** The tokens that an event that is held back waits for; 0 if there is none. */
  private int wantedBytes;

  private long heldSinceNs;
  private boolean closing;
  private long closingEndsNs;

  /**
   * Makes a pacer.
   *
   * @param isClosed returns whether the pipeline was closed
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
   * Requests the write of an event. The caller repeats this for each event until it may go, and
   * then writes it.
   *
   * @param length length of its records in bytes
   * @param wanted whether a listener is attached; without one there is no reason to wait
   * @return 0 if the event may go, otherwise the nanoseconds after which to request again
   */
  long request(int length, boolean wanted) {
    TokenBucket tokens = bucket;
    if (tokens == null) {
      return 0;
    }
    int bytes = EventLayout.perfSampleLength(length);
    long nowNs = System.nanoTime();
    if (wantedBytes > 0 || tokens.waitNs(bytes, nowNs) > 0) {
      long waitNs = hold(tokens, bytes, nowNs);
      if (waitNs > 0 && wanted && !isOverdue(nowNs)) {
        return waitNs;
      }
      counters.paced(nowNs - heldSinceNs);
      wantedBytes = 0;
    }
    tokens.take(bytes, nowNs);
    return 0;
  }

  private long hold(TokenBucket tokens, int bytes, long nowNs) {
    if (wantedBytes == 0) {
      wantedBytes = Math.max(bytes, refillBytes);
      heldSinceNs = nowNs;
    }
    return tokens.waitNs(wantedBytes, nowNs);
  }

  /** Returns whether the pipeline is closed and its events were held back for long enough since. */
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
