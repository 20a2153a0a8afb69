// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the CPUs of the machine from the kernel's lists, such as {@code 0-3,6}. */
final class Cpus {

  static final Path ONLINE = Path.of("/sys/devices/system/cpu/online");

  /**
   * The largest number of CPUs. No machine has more, and a malformed list must not fill the memory.
   */
  private static final int MAX_CPUS = 1 << 16;

  private Cpus() {}

  /** Returns the numbers of the online CPUs, or CPU 0 if the list cannot be read. */
  static List<Integer> online(Machine machine) {
    try {
      return parse(machine.read(ONLINE).strip());
    } catch (IOException | NumberFormatException e) {
      return List.of(0);
    }
  }

  static List<Integer> parse(String list) {
    List<Integer> cpus = new ArrayList<>();
    for (String range : list.split(",", -1)) {
      String[] ends = range.split("-", 2);
      int last = Integer.parseInt(ends[ends.length - 1]);
      for (int cpu = Integer.parseInt(ends[0]); cpu <= last && cpus.size() < MAX_CPUS; cpu++) {
        cpus.add(cpu);
      }
    }
    return cpus;
  }
}
