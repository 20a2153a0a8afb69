// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.process;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the ids of container and pod in the content of {@code /proc/PID/cgroup}. Container runtimes
 * put them into the names of cgroups:
 *
 * <pre>
 *   0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podUID.slice/cri-containerd-ID.scope
 *   0::/kubepods/burstable/podUID/ID
 *   0::/system.slice/docker-ID.scope
 *   0::/machine.slice/libpod-ID.scope
 * </pre>
 *
 * <p>The first id counts. A container can create and name cgroups below its own cgroup, but cannot
 * change those above. In {@code user.slice} the user chooses all names, so ids there do not count.
 * Rootless containers are therefore not recognised.
 */
final class CgroupNames {

  private static final Pattern CONTAINER =
      Pattern.compile("(?<![0-9a-f])([0-9a-f]{64}|[0-9a-f]{32}-[0-9]{1,10})(?![0-9a-f-])");

  /**
   * The uid of a pod: with dashes, with underscores as systemd writes it, or the hash of a static
   * pod.
   */
  private static final Pattern POD =
      Pattern.compile(
          "pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}"
              + "|[0-9a-f]{32})(?![0-9a-f])");

  private static final String OF_USERS = "/user.slice/";

  private CgroupNames() {}

  /** Returns the id of the container, or an empty text. */
  static String containerId(String cgroups) {
    return first(CONTAINER, cgroups);
  }

  /** Returns the uid of the pod, with dashes if it has them, or an empty text. */
  static String podUid(String cgroups) {
    return first(POD, cgroups).replace('_', '-');
  }

  private static String first(Pattern pattern, String cgroups) {
    for (String line : cgroups.split("\n", -1)) {
      String path = line.substring(line.lastIndexOf(':') + 1);
      Matcher matcher = pattern.matcher(path);
      if (matcher.find() && !path.substring(0, matcher.start()).contains(OF_USERS)) {
        return matcher.group(1);
      }
    }
    return "";
  }
}
