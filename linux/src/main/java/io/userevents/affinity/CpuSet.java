// SPDX-License-Identifier: Apache-2.0
package io.userevents.affinity;

import java.util.BitSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A set of CPUs by their numbers. Its text form is the kernel's, for example {@code 0-3,8} ({@code
 * Cpus_allowed_list} of proc(5), "List format" of cpuset(7)). A set is immutable.
 *
 * @since 0.1.0
 */
public final class CpuSet {

  /**
   * The highest number that a CPU in a set can have. It is 8 times the most CPUs that a kernel for
   * x86-64 can be built for, and more than that of any other architecture ({@code CONFIG_NR_CPUS},
   * Linux 6.12).
   */
  public static final int MAX_CPU = (1 << 16) - 1;

  private final BitSet cpus;

  private CpuSet(BitSet cpus) {
    this.cpus = cpus;
  }

  /**
   * Returns the set of these CPUs.
   *
   * @param cpus numbers of the CPUs, in any order
   * @return the set
   * @throws IllegalArgumentException if a number is below 0 or above {@link #MAX_CPU}
   */
  public static CpuSet of(int... cpus) {
    BitSet bits = new BitSet();
    for (int cpu : cpus) {
      bits.set(requireValid(cpu));
    }
    return new CpuSet(bits);
  }

  /**
   * Parses a list of CPUs in the kernel's format. White space around it is ignored.
   *
   * @param list numbers and ranges with commas between them, for example {@code 0-3,8}; empty for
   *     no CPU
   * @return the set
   * @throws IllegalArgumentException if it is not such a list, or a CPU is above {@link #MAX_CPU}
   */
  public static CpuSet parse(String list) {
    BitSet bits = new BitSet();
    String stripped = list.strip();
    if (!stripped.isEmpty()) {
      for (String range : stripped.split(",", -1)) {
        int dash = range.indexOf('-');
        int first = number(dash < 0 ? range : range.substring(0, dash), list);
        int last = dash < 0 ? first : number(range.substring(dash + 1), list);
        if (last < first) {
          throw noList(list);
        }
        bits.set(first, last + 1);
      }
    }
    return new CpuSet(bits);
  }

  /**
   * Returns whether the set has this CPU.
   *
   * @param cpu number of the CPU
   * @return whether the set has it
   */
  public boolean contains(int cpu) {
    return cpu >= 0 && cpus.get(cpu);
  }

  /** {@return whether the set has no CPU} */
  public boolean isEmpty() {
    return cpus.isEmpty();
  }

  /** {@return the numbers of the CPUs in ascending order} */
  public IntStream stream() {
    return cpus.stream();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CpuSet set && cpus.equals(set.cpus);
  }

  @Override
  public int hashCode() {
    return cpus.hashCode();
  }

  /** {@return the list of the CPUs in the kernel's format; empty if the set has none} */
  @Override
  public String toString() {
    StringBuilder list = new StringBuilder();
    int first = cpus.nextSetBit(0);
    while (first >= 0) {
      int last = cpus.nextClearBit(first) - 1;
      list.append(list.length() == 0 ? "" : ",").append(first);
      if (last > first) {
        list.append('-').append(last);
      }
      first = cpus.nextSetBit(last + 1);
    }
    return list.toString();
  }

  static int requireValid(int cpu) {
    if (cpu < 0 || cpu > MAX_CPU) {
      throw new IllegalArgumentException("cpu must be 0 to " + MAX_CPU + ": cpu=" + cpu);
    }
    return cpu;
  }

  private static int number(String digits, String list) {
    // Integer also takes a sign and the digits of other scripts, which the kernel does not.
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw noList(list);
    }
    try {
      return requireValid(Integer.parseInt(digits));
    } catch (NumberFormatException e) {
      throw noList(list);
    }
  }

  private static IllegalArgumentException noList(String list) {
    return new IllegalArgumentException(
        "not a list of CPUs from 0 to " + MAX_CPU + ", such as 0-3,8: list=" + list);
  }
}
