// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.process;

/**
 * The kernel's data about a process. Unknown numbers are -1, and unknown texts are empty. Data is
 * unknown if the process has ended or the agent has no right to read it.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 *
 * @param pid its id in the agent's pid namespace
 * @param startTicks its start time in ticks since boot, which distinguishes it from a later process
 *     with the same pid
 * @param userId real user id in the agent's user namespace
 * @param name the kernel's name of its first thread, at most 15 bytes. The process can change it
 * @param command its first argument. The process can change it
 * @param executable path of the program. Needs the same user, or CAP_SYS_PTRACE
 * @param containerId id of its container from the cgroup, see {@link CgroupNames}
 * @param podUid uid of its Kubernetes pod from the cgroup, with dashes
 */
public record ProcessInfo(
    int pid,
    long startTicks,
    long userId,
    String name,
    String command,
    String executable,
    String containerId,
    String podUid) {

  /** Creates the data of a process of which only the id is known. */
  static ProcessInfo unknown(int pid) {
    return new ProcessInfo(pid, -1, -1, "", "", "", "", "");
  }

  /** Returns whether the process existed when its data was read. */
  public boolean isKnown() {
    return startTicks >= 0;
  }
}
