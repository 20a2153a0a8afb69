// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.HashMap;
import java.util.Map;

/**
 * The counters of a trace instance, each CPU's for itself, that never fall. The kernel's start at 0
 * again whenever somebody empties the buffers ({@code rb_reset_cpu} in {@code
 * kernel/trace/ring_buffer.c}, Linux 6.12): by a write to {@code trace_clock}, as {@code trace-cmd
 * reset} does, or to {@code trace}.
 *
 * <p>A counter that is below its last value tells of that. The last values are kept then. Events
 * that were counted after the last values and before the buffers were emptied are in no number.
 *
 * <p>Not thread-safe.
 */
final class MonotonicCounts {

  private final Map<Integer, KernelStatistics> lastOfCpu = new HashMap<>();

  /** Without unread events, which are gone once a buffer is emptied. */
  private KernelStatistics ofEmptied = KernelStatistics.NONE;

  private boolean isEmptied;

  /** Takes note of the kernel's counters of one CPU. */
  void set(int cpu, KernelStatistics now) {
    KernelStatistics last = lastOfCpu.put(cpu, now);
    // All counters of a CPU start at 0 at once, so any that falls tells of the others.
    if (last != null && (now.lost() < last.lost() || now.readEvents() < last.readEvents())) {
      isEmptied = true;
      ofEmptied = ofEmptied.plus(new KernelStatistics(last.readEvents(), 0, last.lost()));
    }
  }

  /** All CPUs together, since the instance was made. */
  KernelStatistics sum() {
    KernelStatistics sum = ofEmptied;
    for (KernelStatistics last : lastOfCpu.values()) {
      sum = sum.plus(last);
    }
    return sum;
  }

  /** Whether a buffer was seen to have been emptied since the last call. */
  boolean pollEmptied() {
    boolean wasEmptied = isEmptied;
    isEmptied = false;
    return wasEmptied;
  }
}
