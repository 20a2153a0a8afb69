// SPDX-License-Identifier: Apache-2.0
package io.userevents.affinity;

import io.userevents.internal.memory.NativeRegion;
import java.util.stream.IntStream;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Holds a bit for each CPU in off-heap memory, as {@code sched_setaffinity(2)} and {@code
 * sched_getaffinity(2)} have it: an array of the kernel's {@code unsigned long}, 64 bits on all
 * platforms of this project, in native byte order ({@code struct cpumask} in {@code
 * include/linux/cpumask_types.h}, Linux 6.12).
 *
 * <pre>
 *    0                        8                        16
 *   +------------------------+------------------------+---
 *   | u64: CPUs 63 .. 1 0    | u64: CPUs 127 .. 64    | ...
 *   +------------------------+------------------------+---
 * </pre>
 *
 * <p>This class is not thread-safe. Closing a mask frees its memory.
 */
final class CpuMask implements AutoCloseable {

  private final NativeRegion region;
  private final UnsafeBuffer buffer;

  private CpuMask(int length) {
    region = NativeRegion.allocate(length, Long.BYTES);
    buffer = region.buffer();
  }

  /**
   * Returns a mask without a CPU in it.
   *
   * @param cpus how many CPUs it has room for at least, 1 to {@link CpuSet#MAX_CPU} + 1
   */
  static CpuMask allocate(int cpus) {
    return new CpuMask(BitUtil.align(cpus, Long.SIZE) / Byte.SIZE);
  }

  /** Returns the shortest mask that has this CPU in it. */
  static CpuMask of(int cpu) {
    CpuMask mask = allocate(cpu + 1);
    mask.buffer.putLong(wordOf(cpu), 1L << cpu % Long.SIZE);
    return mask;
  }

  /** Returns a mask with all CPUs that a machine can have. */
  static CpuMask ofAll() {
    CpuMask mask = allocate(CpuSet.MAX_CPU + 1);
    mask.buffer.setMemory(0, mask.length(), (byte) 0xFF);
    return mask;
  }

  /**
   * Returns the address of the first byte. It is valid until the mask is closed, while this object
   * is reachable.
   */
  long address() {
    return region.address();
  }

  /** Returns the length in bytes. */
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
