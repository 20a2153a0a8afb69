// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.EventLayout;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says for how long an event is held back, so that no burst exceeds the buffer of the reader. For
 * the consumer's thread. Allocates nothing, and never waits.
 */
final class Pacer {

  /** Once the pipeline is closed, events are held back for no longer than this in all. */
  static final long MAX_CLOSING_NS = TimeUnit.SECONDS.toNanos(5);

  private final @Nullable TokenBucket bucket;

  /** Waited for at once, so that the consumer wakes for many events and not for each. */
  private final int refillBytes;

  private final BooleanSupplier isClosed;
  private final Counters counters;

  /** Tokens that the event that is held back waits for; 0 if none is. */
  private int wantedBytes;

  private long heldSinceNs;
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
   * Asks for an event to be written. Each event is asked for until it may go, and then written.
   *
   * @param length of its records, in bytes
   * @param wanted whether a listener is attached; otherwise there is nothing to wait for
   * @return 0 if it may go, otherwise after how many nanoseconds to ask again
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
