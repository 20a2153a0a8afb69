// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.affinity.CpuAffinity;
import io.userevents.affinity.CpuAffinityException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pinning a thread of a process whose cpuset, as a container's, is CPU 1 of the machine's two. */
@Tag("kernel")
final class CpusetTest {

  @TempDir Path cgroups;

  private Path cgroup;

  @BeforeEach
  void createCgroup() throws Exception {
    Tracing.run("mount", "-t", "cgroup2", "none", cgroups.toString());
    Files.writeString(cgroups.resolve("cgroup.subtree_control"), "+cpuset");
    cgroup = Files.createDirectory(cgroups.resolve("container"));
    Files.writeString(cgroup.resolve("cpuset.cpus"), "1");
  }

  @AfterEach
  void removeCgroup() throws Exception {
    // The kernel counts an ended process as a member for a moment longer.
    Tracing.await("end of the cgroup's processes", () -> !isPopulated(cgroup));
    Files.delete(cgroup);
    Tracing.run("umount", cgroups.toString());
  }

  @Test
  void shouldPinToTheCpuOfTheCpusetAndToNoOther() throws Exception {
    assertThat(pinInCgroup("0", "1"))
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo("allowed=1"),
            second ->
                assertThat(second)
                    .startsWith(
                        "cannot pin thread main to cpu=0: call=sched_setaffinity errno=EINVAL (22,"
                            + " invalid argument) allowed cpus=1 online cpus=0-1; choose one of the"
                            + " allowed ones, or add it to the cpuset of the process"),
            third -> assertThat(third).isEqualTo("pinned to 1"));
  }

  private List<String> pinInCgroup(String... cpus) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("sh", "-c", "echo 0 > \"$0/cgroup.procs\"; exec \"$@\""));
    command.addAll(List.of(cgroup.toString(), KernelTests.javaOfThisProcess()));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), CpusetTest.class.getName()));
    command.addAll(List.of(cpus));
    return Tracing.run(command.toArray(new String[0])).lines().toList();
  }

  private static boolean isPopulated(Path cgroup) {
    try {
      return Files.readAllLines(cgroup.resolve("cgroup.events")).contains("populated 1");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The program that runs in the cgroup. */
  public static void main(String[] arguments) throws Exception {
    System.out.println("allowed=" + CpuAffinity.allowedCpus());
    for (String cpu : arguments) {
      try {
        CpuAffinity.pinCurrentThread(Integer.parseInt(cpu));
        System.out.println("pinned to " + cpu);
      } catch (CpuAffinityException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
