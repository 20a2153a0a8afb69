// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.userevents.pipeline.BackPressure;
import io.userevents.pipeline.BackPressurePolicy;

/**
 * A back-pressure policy for an order-matching loop. Quotes may use half of the ring and fills all
 * of it, and a fill may wait for 20 µs.
 */
public final class OrderPathPolicy implements BackPressurePolicy {

  /** Priority of records that can be spared. */
  public static final int QUOTE = 0;

  /** Priority of records that matter. */
  public static final int FILL = 1;

  private static final long MAX_WAIT_NS = 20_000;

  @Override
  public int reservedSlots(int priority, int ringSlots) {
    return priority >= FILL ? 0 : ringSlots / 2;
  }

  @Override
  public Decision onBackPressure(BackPressure pressure) {
    if (pressure.priority() < FILL || pressure.waitedNs() >= MAX_WAIT_NS) {
      return Decision.DROP;
    }
    Thread.onSpinWait();
    return Decision.RETRY;
  }
}
