// SPDX-License-Identifier: Apache-2.0
package io.userevents.affinity;

import io.userevents.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Pins a thread of a separate process to a CPU, and prints where it was, may be and is. */
final class PinnedProgram {

  private PinnedProgram() {}

  static List<String> command(int cpu) {
    return ChildJvm.command(PinnedProgram.class, List.of(), Integer.toString(cpu));
  }

  public static void main(String[] arguments) throws Exception {
    System.out.println("started=" + cpusOfThread());
    System.out.println("allowed=" + CpuAffinity.allowedCpus());
    CpuAffinity.pinCurrentThread(Integer.parseInt(arguments[0]));
    System.out.println("pinned=" + cpusOfThread());
  }

  /** Returns the CPUs on which the calling thread may run, as proc(5) names them. */
  static CpuSet cpusOfThread() throws IOException {
    String name = "Cpus_allowed_list:";
    return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> CpuSet.parse(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  /** The CPU that the calling thread was on last: field 39 of its stat, as proc(5) counts. */
  static int lastCpuOfThread() throws IOException {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    // Field 2 is a name in parentheses, which may have spaces.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Integer.parseInt(fields[39 - 3]);
  }
}
