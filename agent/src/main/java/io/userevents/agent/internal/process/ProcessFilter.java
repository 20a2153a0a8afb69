// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.process;

import java.util.Set;

/**
 * Selects the processes whose events are kept. A process must satisfy each kind of condition. A
 * kind without values admits every process. A process without data is kept only if all other kinds
 * than the pid are without values.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 *
 * @param pids ids of processes
 * @param userIds real user ids
 * @param containerIds ids of containers, or their first characters, 12 for instance
 * @param names the kernel's names of processes, or file names of their programs
 */
public record ProcessFilter(
    Set<Integer> pids, Set<Long> userIds, Set<String> containerIds, Set<String> names) {

  /** Keeps the events of all processes. */
  public static final ProcessFilter ALL = new ProcessFilter(Set.of(), Set.of(), Set.of(), Set.of());

  /** Creates a filter with copies of the sets. */
  public ProcessFilter {
    pids = Set.copyOf(pids);
    userIds = Set.copyOf(userIds);
    containerIds = Set.copyOf(containerIds);
    names = Set.copyOf(names);
  }

  /**
   * Returns whether it keeps the events of all processes, so that no data about processes is
   * needed.
   */
  public boolean isAll() {
    return pids.isEmpty() && userIds.isEmpty() && containerIds.isEmpty() && names.isEmpty();
  }

  /** Returns whether it keeps the events of this process. */
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
