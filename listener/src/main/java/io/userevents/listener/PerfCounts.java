// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

/** Sums of the kernel's counters of perf events. Not thread-safe. */
final class PerfCounts {

  private long occurred;
  private long lost;

  void add(long occurredOfEvent, long lostOfEvent) {
    occurred += occurredOfEvent;
    lost += lostOfEvent;
  }

  void add(PerfCounts other) {
    add(other.occurred, other.lost);
  }

  /**
   * Returns the counters together with the number of samples that were read. This number can exceed
   * the number of events that occurred only if the ring is written to in the meantime.
   */
  KernelStatistics with(long samples) {
    return new KernelStatistics(samples, Math.max(0, occurred - lost - samples), lost);
  }
}
