// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.atomic.AtomicLongArray;
import org.agrona.BitUtil;

/**
 * Counts the records that a pipeline refuses while it is not open, for which no thread is kept. Any
 * thread may call the methods. Threads are spread over several stripes, because on a machine
 * without the tracepoint every record is counted here. Unlike {@link
 * java.util.concurrent.atomic.LongAdder} it allocates nothing, so a record is never half counted.
 *
 * <pre>
 *   +---------+--------------------+------------------+
 *   | padding | records by outcome | bytes by outcome |   one stripe, of whole cache lines
 *   +---------+--------------------+------------------+
 * </pre>
 */
final class UnopenedRefusals {

  private static final int OUTCOMES = Outcome.values().length;
  private static final int STRIPES = 16;
  private static final int CACHE_LINE_LONGS = 8;

  private static final int RECORDS = CACHE_LINE_LONGS;
  private static final int BYTES = RECORDS + OUTCOMES;
  private static final int STRIPE_LONGS = BitUtil.align(BYTES + OUTCOMES, CACHE_LINE_LONGS);

  private final AtomicLongArray counters = new AtomicLongArray(STRIPES * STRIPE_LONGS);

  /** Counts a record of this many bytes. */
  void add(Outcome outcome, int length) {
    int stripe = (System.identityHashCode(Thread.currentThread()) & (STRIPES - 1)) * STRIPE_LONGS;
    counters.getAndAdd(stripe + RECORDS + outcome.ordinal(), 1);
    counters.getAndAdd(stripe + BYTES + outcome.ordinal(), length);
  }

  /** Adds the counters to the sums. */
  void addTo(PublisherSums sums) {
    for (int stripe = 0; stripe < counters.length(); stripe += STRIPE_LONGS) {
      for (int i = 0; i < OUTCOMES; i++) {
        sums.records[i] += counters.get(stripe + RECORDS + i);
        sums.bytes[i] += counters.get(stripe + BYTES + i);
      }
    }
  }
}
