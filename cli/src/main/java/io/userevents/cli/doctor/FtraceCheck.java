// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import io.userevents.internal.syscall.Errno;

/** Checks whether this user may read events by ftrace. */
final class FtraceCheck implements Check {

  @Override
  public String name() {
    return "read by ftrace";
  }

  @Override
  public Finding look(Machine machine) {
    Machine.Attempt attempt = machine.readByFtrace();
    if (attempt.works()) {
      return Finding.ok(attempt.found());
    }
    if (!machine.exists(KernelCheck.SETTING)) {
      return KernelCheck.skippedWithoutUserEvents();
    }
    Errno errno = Errno.of(attempt.errno());
    if (errno == Errno.EACCES || errno == Errno.EPERM) {
      return Finding.fail(
          attempt.found(),
          "root: the files of a new instance are root's, 0640, whatever rights tracefs has; without"
              + " root read by perf",
          "sudo user-events listen");
    }
    return Finding.fail(
        attempt.found(), "a kernel with user_events, and tracefs mounted writable", null);
  }
}
