// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** Never sleeps; yields the CPU to others between looks, or does not even do that. */
final class SpinningWait extends ConsumerWait {

  /** Looks at the ring between looks at the tracepoint: some tens of microseconds. */
  private static final int LOOKS = 1000;

  private static final int SPINS = 100;

  private final boolean yields;
  private int looks;

  SpinningWait(boolean yields) {
    this.yields = yields;
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // That is what this strategy is about.
  boolean idle(long sequence) {
    looks++;
    if (yields && looks > SPINS) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
    if (looks < LOOKS) {
      return false;
    }
    // A strategy that yields goes on to do so: it has been idle for long.
    looks = SPINS;
    return true;
  }

  @Override
  void busy() {
    looks = 0;
  }
}
