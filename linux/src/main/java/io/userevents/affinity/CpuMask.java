// SPDX-License-Identifier: Apache-2.0
package io.userevents.affinity;

import io.userevents.internal.memory.NativeRegion;
import java.util.stream.IntStream;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Holds a bit for each CPU in off-heap memory, as {@code sched_setaffinity(2)} and {@code
 * sched_getaffinity(2)} have it: an array of the kernel's {@code unsigned long}, 64 bits on all
 * that this project runs on, in native byte order ({@code struct cpumask} in {@code
 * include/linux/cpumask_types.h}, Linux 6.12).
 *
 * <pre>
 *    0                        8                        16
 *   +------------------------+------------------------+---
 *   | u64: CPUs 63 .. 1 0    | u64: CPUs 127 .. 64    | ...
 *   +------------------------+------------------------+---
 * </pre>
 *
 * <p>Not thread-safe. To be closed, which frees the memory.
 */
final class CpuMask implements AutoCloseable {

  private final NativeRegion region;
  private final UnsafeBuffer buffer;

  private CpuMask(int length) {
    region = NativeRegion.allocate(length, Long.BYTES);
    buffer = region.buffer();
  }

  /**
   * A mask without a CPU in it.
   *
   * @param cpus how many it has room for at least, 1 to {@link CpuSet#MAX_CPU} + 1
   */
  static CpuMask allocate(int cpus) {
    return new CpuMask(BitUtil.align(cpus, Long.SIZE) / Byte.SIZE);
  }

  /** A mask, as short as can be, with this CPU in it. */
  static CpuMask of(int cpu) {
    CpuMask mask = allocate(cpu + 1);
    mask.buffer.putLong(wordOf(cpu), 1L << cpu % Long.SIZE);
    return mask;
  }

  /** A mask with all the CPUs in it that there can be. */
  static CpuMask ofAll() {
    CpuMask mask = allocate(CpuSet.MAX_CPU + 1);
    mask.buffer.setMemory(0, mask.length(), (byte) 0xFF);
    return mask;
  }

  /** Address of the first byte. Valid until it is closed, while this object is reachable. */
  long address() {
    return region.address();
  }

  /** Length in bytes. */
  int length() {
    return region.length();
  }

  CpuSet toSet() {
    return CpuSet.of(
        IntStream.range(0, length() * Byte.SIZE)
            .filter(cpu -> (buffer.getLong(wordOf(cpu)) >>> cpu % Long.SIZE & 1) != 0)
            .toArray());
  }

  @Override
  public void close() {
    region.free();
  }

  private static int wordOf(int cpu) {
    return cpu / Long.SIZE * Long.BYTES;
  }
}
