// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

/**
 * How much memory the kernel's buffers may take: for the whole machine, divided among its CPUs, or
 * for each CPU.
 */
final class BufferSize {

  /** A CPU has room for one event of the longest at least, and for others while it is read. */
  static final int MIN_CPU_KB = 16;

  private final int kb;
  private final boolean isTotal;

  private BufferSize(int kb, boolean isTotal) {
    this.kb = kb;
    this.isTotal = isTotal;
  }

  static BufferSize ofMachine(int kb) {
    return new BufferSize(kb, true);
  }

  static BufferSize ofCpu(int kb) {
    return new BufferSize(kb, false);
  }

  /** In KiB, if the machine has this many CPUs. */
  int cpuKb(int cpus) {
    return isTotal ? Math.max(MIN_CPU_KB, kb / Math.max(1, cpus)) : kb;
  }

  /**
   * Bytes of a perf ring, whose length is a power of two: as much as was asked for and not more,
   * unless that is less than {@link #MIN_CPU_KB} or a page.
   */
  int ringLength(int cpus, int pageLength) {
    long bytes = Math.min(cpuKb(cpus) * 1024L, 1L << 30);
    return (int) Math.max(Long.highestOneBit(bytes), minRingLength(pageLength));
  }

  static int minRingLength(int pageLength) {
    return Math.max(MIN_CPU_KB * 1024, pageLength);
  }
}
