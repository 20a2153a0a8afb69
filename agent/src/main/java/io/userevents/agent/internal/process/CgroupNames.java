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
 * <p>The first id counts. A container can make cgroups below the one it is in, and name them, but
 * cannot change those above. In {@code user.slice} a user makes all names, so ids there do not
 * count; neither do containers without root then.
 */
final class CgroupNames {

  private static final Pattern CONTAINER =
      Pattern.compile("(?<![0-9a-f])([0-9a-f]{64}|[0-9a-f]{32}-[0-9]{1,10})(?![0-9a-f-])");

  /** With dashes, with underscores as systemd has it, or the hash of a static pod. */
  private static final Pattern POD =
      Pattern.compile(
          "pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}"
              + "|[0-9a-f]{32})(?![0-9a-f])");

  private static final String OF_USERS = "/user.slice/";

  private CgroupNames() {}

  /** Id of the container, or an empty text. */
  static String containerId(String cgroups) {
    return first(CONTAINER, cgroups);
  }

  /** Uid of the pod, with dashes where it has them, or an empty text. */
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
