// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** Spins a bounded number of times for a slot, then drops the record. */
final class SpinThenDrop implements BackPressurePolicy {

  private final int maxSpins;

  SpinThenDrop(int maxSpins) {
    if (maxSpins < 1) {
      throw new IllegalArgumentException("maxSpins must be at least 1: maxSpins=" + maxSpins);
    }
    this.maxSpins = maxSpins;
  }

  @Override
  public Decision onBackPressure(BackPressure pressure) {
    if (pressure.attempts() > maxSpins) {
      return Decision.DROP;
    }
    Thread.onSpinWait();
    return Decision.RETRY;
  }

  @Override
  public String toString() {
    return "spinThenDrop(" + maxSpins + ")";
  }
}
