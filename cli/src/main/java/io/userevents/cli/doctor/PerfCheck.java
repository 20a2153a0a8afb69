// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import io.userevents.internal.syscall.Errno;

/** Checks whether this user may read events by perf, which needs no root. */
final class PerfCheck implements Check {

  @Override
  public String name() {
    return "read by perf";
  }

  @Override
  public Finding look(Machine machine) {
    Machine.Attempt attempt = machine.readByPerf();
    if (attempt.works()) {
      return Finding.ok(attempt.found());
    }
    if (!machine.exists(KernelCheck.SETTING)) {
      return KernelCheck.skippedWithoutUserEvents();
    }
    ProcessRights rights = ProcessRights.of(machine);
    Errno errno = Errno.of(attempt.errno());
    boolean isRefused = errno == Errno.EACCES || errno == Errno.EPERM;
    if (isRefused && attempt.found().contains("perf_event_open")) {
      return refused(attempt.found(), errno == Errno.EACCES, machine, rights);
    }
    if (attempt.found().startsWith("mmap of ")) {
      return Finding.fail(
          attempt.found(),
          "more locked memory for this user, or CAP_IPC_LOCK",
          "sudo sysctl kernel.perf_event_mlock_kb=1024");
    }
    if (isRefused) {
      return Finding.fail(
          attempt.found(),
          "x on the folders of tracefs, r on id and format of the event, w on user_events_data;"
              + " this gives the group all of tracefs",
          "sudo sh -c 'mount -o remount,gid="
              + rights.gid()
              + ",mode=0750 "
              + machine.tracefs()
              + " && chmod g+w "
              + machine.tracefs()
              + "/user_events_data'");
    }
    if (errno == Errno.EMFILE) {
      // Java has already raised the soft limit to the hard limit.
      return Finding.fail(
          attempt.found(),
          "a higher hard limit of open files: a listener opens one for each CPU, and a few more",
          "sudo prlimit --pid $$ --nofile=65536");
    }
    if (errno == Errno.ENFILE || errno == Errno.ENOMEM) {
      return Finding.fail(
          attempt.found(), "free memory, and files of the system, for the kernel's buffers", null);
    }
    return Finding.fail(
        attempt.found(), "a kernel with user_events and CONFIG_PERF_EVENTS=y", null);
  }

  private static Finding refused(
      String found, boolean isByTheSetting, Machine machine, ProcessRights rights) {
    boolean isToBeLowered =
        PerfParanoidCheck.isAboveLinux(machine) && !rights.has(ProcessRights.CAP_SYS_ADMIN);
    if (!rights.mayUsePerf()) {
      return isToBeLowered
          ? Finding.fail(
              found,
              "CAP_PERFMON, and " + PerfParanoidCheck.LOWER_FOR_GOOD,
              rights.withPerfmonAfter(PerfParanoidCheck.LOWER, "user-events listen"))
          : Finding.fail(found, "CAP_PERFMON", rights.withPerfmon("user-events listen"));
    }
    // Both a container's seccomp filter and perf_allow_tracepoint return EPERM.
    return isToBeLowered && isByTheSetting
        ? Finding.fail(found, PerfParanoidCheck.LOWER_FOR_GOOD, "sudo " + PerfParanoidCheck.LOWER)
        : Finding.fail(
            found, "a seccomp profile, or a security module, that permits perf_event_open", null);
  }
}
