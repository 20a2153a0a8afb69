// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.syscall.Errno;
import org.jspecify.annotations.Nullable;

/** What to do about each errno of a registration. */
final class RegistrationRemedy {

  private static final String PERMISSION =
      "let this user pass through the tracefs folder (x) and write to user_events_data (w), for"
          + " example with a group: chgrp GROUP and chmod g+x on the folder, g+w on the file";

  private RegistrationRemedy() {}

  static String ofOpen(int errno, String path) {
    @Nullable Errno known = Errno.of(errno);
    if (known == null) {
      return "see open(2)";
    }
    return switch (known) {
      case ENOENT, ENOTDIR, ENODEV ->
          "mount tracefs (mount -t tracefs nodev "
              + Tracefs.USUAL
              + ") and use a kernel of 6.4 or newer with CONFIG_USER_EVENTS=y";
      case EACCES, EPERM -> PERMISSION;
      case EROFS -> "mount tracefs writable: " + path + " is on a read-only file system";
      case EMFILE, ENFILE -> "raise the limit of open files";
      default -> "see open(2)";
    };
  }

  static String ofRegister(int errno, String eventName, String path) {
    @Nullable Errno known = Errno.of(errno);
    if (known == null) {
      return "see Documentation/trace/user_events.rst of the kernel";
    }
    return switch (known) {
      case EADDRINUSE ->
          "the event is already registered with another field list: see it in"
              + " events/user_events/"
              + eventName
              + "/format below tracefs, end the process that registered it (fuser -v "
              + path
              + " lists candidates), or choose another event name";
      case EMFILE, ENOSPC ->
          "the kernel has too many user events: raise the sysctl kernel.user_events_max";
      case EACCES, EPERM -> PERMISSION;
      case ENOTTY, EINVAL -> "use a kernel of 6.4 or newer, whose user_events interface this is";
      default -> "see Documentation/trace/user_events.rst of the kernel";
    };
  }
}
