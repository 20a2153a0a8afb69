// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import java.util.Arrays;
import java.util.Map;

/**
 * Finds a descriptor that a service manager has opened for this process. {@code LISTEN_PID}, {@code
 * LISTEN_FDS} and {@code LISTEN_FDNAMES} describe such descriptors (sd_listen_fds(3) of systemd):
 * their numbers begin at 3, and colons separate their names.
 *
 * @param number number of the descriptor with the name that was looked for, or {@link #NONE}
 * @param obstacle why a descriptor of that name is not used, if there seems to be one; otherwise
 *     empty
 */
record PassedDescriptors(int number, String obstacle) {

  static final int NONE = -1;

  private static final int FIRST = 3;
  private static final PassedDescriptors NOTHING = new PassedDescriptors(NONE, "");

  /**
   * Looks for the first descriptor of this name.
   *
   * @param environment of this process
   * @param pid of this process
   */
  static PassedDescriptors find(String name, Map<String, String> environment, long pid) {
    String names = environment.getOrDefault("LISTEN_FDNAMES", "");
    int index = Arrays.asList(names.split(":", -1)).indexOf(name);
    if (index < 0) {
      return NOTHING;
    }
    String listenPid = environment.getOrDefault("LISTEN_PID", "");
    if (!listenPid.equals(Long.toString(pid))) {
      return notUsed(
          name,
          "LISTEN_PID="
              + listenPid
              + " is not this process, pid="
              + pid
              + ": have a script that starts the JVM do so with exec");
    }
    String count = environment.getOrDefault("LISTEN_FDS", "");
    if (index >= numberIn(count)) {
      return notUsed(
          name, "LISTEN_FDS=" + count + " says that there are fewer: LISTEN_FDNAMES=" + names);
    }
    return new PassedDescriptors(FIRST + index, "");
  }

  private static PassedDescriptors notUsed(String name, String why) {
    return new PassedDescriptors(
        NONE, "the descriptor " + name + " of LISTEN_FDNAMES is not used, because " + why);
  }

  private static int numberIn(String count) {
    try {
      return Integer.parseInt(count);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
