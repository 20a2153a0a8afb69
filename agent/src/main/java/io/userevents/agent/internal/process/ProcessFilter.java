// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.process;

import java.util.Set;

/**
 * Keeps the events of some processes: of those that each kind of condition admits. A kind without
 * values admits all. A process of which nothing is known is kept only if nothing is asked of it but
 * its pid.
 *
 * @param pids numbers of processes
 * @param userIds real user ids
 * @param containerIds ids of containers, or their first characters, 12 for instance
 * @param names the kernel's names of processes, or file names of their programs
 */
public record ProcessFilter(
    Set<Integer> pids, Set<Long> userIds, Set<String> containerIds, Set<String> names) {

  /** Keeps all. */
  public static final ProcessFilter ALL = new ProcessFilter(Set.of(), Set.of(), Set.of(), Set.of());

  /** A filter that has copies of the sets. */
  public ProcessFilter {
    pids = Set.copyOf(pids);
    userIds = Set.copyOf(userIds);
    containerIds = Set.copyOf(containerIds);
    names = Set.copyOf(names);
  }

  /** Whether it keeps the events of all processes, so that nobody has to look at them. */
  public boolean isAll() {
    return pids.isEmpty() && userIds.isEmpty() && containerIds.isEmpty() && names.isEmpty();
  }

  /** Whether it keeps the events of this process. */
  public boolean keeps(ProcessInfo process) {
    return (pids.isEmpty() || pids.contains(process.pid()))
        && (userIds.isEmpty() || userIds.contains(process.userId()))
        && (containerIds.isEmpty() || hasContainer(process.containerId()))
        && (names.isEmpty() || hasName(process));
  }

  private boolean hasContainer(String id) {
    return !id.isEmpty() && containerIds.stream().anyMatch(id::startsWith);
  }

  private boolean hasName(ProcessInfo process) {
    String executable = process.executable();
    return names.contains(process.name())
        || names.contains(executable.substring(executable.lastIndexOf('/') + 1));
  }
}
