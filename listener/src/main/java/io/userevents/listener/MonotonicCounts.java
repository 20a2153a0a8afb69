// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.HashMap;
import java.util.Map;

/**
 * Counters of a trace instance, one set for each CPU, that never fall. The kernel's own counters
 * restart at 0 whenever a process empties the buffers ({@code rb_reset_cpu} in {@code
 * kernel/trace/ring_buffer.c}, Linux 6.12): by a write to {@code trace_clock}, as {@code trace-cmd
 * reset} does, or to {@code trace}.
 *
 * <p>A counter below its last value shows that a buffer was emptied. This class then keeps the last
 * values. Events that the kernel counted after the last values were read and before the buffers
 * were emptied are in no number.
 *
 * <p>Not thread-safe.
 */
final class MonotonicCounts {

  private final Map<Integer, KernelStatistics> lastOfCpu = new HashMap<>();

  /** Excludes unread events, which are gone once a buffer is emptied. */
  private KernelStatistics ofEmptied = KernelStatistics.NONE;

  private boolean isEmptied;

  /** Records the kernel's counters of one CPU. */
  void set(int cpu, KernelStatistics now) {
    KernelStatistics last = lastOfCpu.put(cpu, now);
    // All counters of a CPU restart at 0 together, so one lower counter shows that all have
    // restarted.
    if (last != null && (now.lost() < last.lost() || now.readEvents() < last.readEvents())) {
      isEmptied = true;
      ofEmptied = ofEmptied.plus(new KernelStatistics(last.readEvents(), 0, last.lost()));
    }
  }

  /** Returns the sum over all CPUs since the instance was created. */
  KernelStatistics sum() {
    KernelStatistics sum = ofEmptied;
    for (KernelStatistics last : lastOfCpu.values()) {
      sum = sum.plus(last);
    }
    return sum;
  }

  /** Returns whether an emptied buffer was detected since the last call. */
  boolean pollEmptied() {
    boolean wasEmptied = isEmptied;
    isEmptied = false;
    return wasEmptied;
  }
}
