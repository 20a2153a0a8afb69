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
   * With the samples that were read. More than have occurred can only be read of a ring that is
   * written to meanwhile.
   */
  KernelStatistics with(long samples) {
    return new KernelStatistics(samples, Math.max(0, occurred - lost - samples), lost);
  }
}
