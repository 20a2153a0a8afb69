// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

/**
 * The size of the kernel's buffers. It is given either for the whole machine, and is then divided
 * among the CPUs, or for each CPU.
 */
final class BufferSize {

  /**
   * The smallest buffer of a CPU. It has room for one event of maximum length, and for others that
   * arrive while that event is read.
   */
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

  /** Returns the size of one CPU's buffer in KiB, on a machine with this number of CPUs. */
  int cpuKb(int cpus) {
    return isTotal ? Math.max(MIN_CPU_KB, kb / Math.max(1, cpus)) : kb;
  }

  /**
   * Returns the length of a perf ring in bytes. It is the largest power of two that does not exceed
   * the requested size, but not less than {@link #MIN_CPU_KB} or a page.
   */
  int ringLength(int cpus, int pageLength) {
    long bytes = Math.min(cpuKb(cpus) * 1024L, 1L << 30);
    return (int) Math.max(Long.highestOneBit(bytes), minRingLength(pageLength));
  }

  static int minRingLength(int pageLength) {
    return Math.max(MIN_CPU_KB * 1024, pageLength);
  }
}
