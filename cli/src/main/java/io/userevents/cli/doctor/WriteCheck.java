// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import io.userevents.internal.syscall.Errno;

/** Checks whether this user may register the event and write to it, as an exporter does. */
final class WriteCheck implements Check {

  @Override
  public String name() {
    return "write events";
  }

  @Override
  public Finding look(Machine machine) {
    Machine.Attempt attempt = machine.write();
    if (attempt.works()) {
      return Finding.ok(attempt.found());
    }
    if (!machine.exists(KernelCheck.SETTING)) {
      return KernelCheck.skippedWithoutUserEvents();
    }
    String tracefs = machine.tracefs().toString();
    String file = tracefs + "/user_events_data";
    Errno errno = Errno.of(attempt.errno());
    if (errno == Errno.EACCES || errno == Errno.EPERM) {
      return Finding.fail(
          attempt.found(),
          "x on " + tracefs + " and w on " + file + " for this user; root is not needed",
          commandForGroup(tracefs, file, ProcessRights.of(machine).gid()));
    }
    if (errno == Errno.EROFS) {
      return Finding.fail(
          attempt.found(), "a writable tracefs", "sudo mount -o remount,rw " + tracefs);
    }
    if (errno == Errno.ENOENT) {
      return Finding.fail(
          attempt.found(), "tracefs", "sudo mount -t tracefs nodev /sys/kernel/tracing");
    }
    return Finding.fail(attempt.found(), "the file user_events_data of the kernel", null);
  }

  private static String commandForGroup(String tracefs, String file, int gid) {
    return "sudo sh -c 'chgrp "
        + gid
        + " "
        + tracefs
        + " "
        + file
        + " && chmod g+x "
        + tracefs
        + " && chmod g+w "
        + file
        + "'";
  }
}
