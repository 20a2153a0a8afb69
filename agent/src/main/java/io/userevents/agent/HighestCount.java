// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A count that never falls, from sources that may fail or be behind. A count that falls would look
 * like a restart of the agent to Prometheus, and its next rise like new losses. Thread-safe.
 */
final class HighestCount {

  private final AtomicLong highest = new AtomicLong();

  /** Returns the highest of all counts that were reported so far. */
  long atLeast(long count) {
    return highest.accumulateAndGet(count, Math::max);
  }
}
