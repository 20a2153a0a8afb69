// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.process;

/**
 * What the kernel says of a process. Numbers that are not known are -1, texts that are not known
 * are empty: the process may have ended, or the agent may not look at it.
 *
 * @param pid its number, as the agent's pid namespace has it
 * @param startTicks when it began, in ticks since boot: tells it from a later one of the same pid
 * @param userId real user id, as the agent's user namespace has it
 * @param name the kernel's name of its first thread, at most 15 bytes. The process can change it
 * @param command its first argument. The process can change it
 * @param executable path of the program. Needs the same user, or CAP_SYS_PTRACE
 * @param containerId as the cgroup tells it, see {@link CgroupNames}
 * @param podUid uid of its Kubernetes pod, with dashes, as the cgroup tells it
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

  /** A process of which the number alone is known. */
  static ProcessInfo unknown(int pid) {
    return new ProcessInfo(pid, -1, -1, "", "", "", "", "");
  }

  /** Whether the process was there when it was looked at. */
  public boolean isKnown() {
    return startTicks >= 0;
  }
}
