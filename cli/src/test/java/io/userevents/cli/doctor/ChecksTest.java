// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Native;
import io.userevents.cli.doctor.Machine.Attempt;
import io.userevents.internal.syscall.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChecksTest {

  private static final int EPERM = 1;
  private static final int ENOENT = 2;
  private static final int ENOMEM = 12;
  private static final int EACCES = 13;
  private static final int EMFILE = 24;
  private static final int EROFS = 30;
  private static final String DEFAULT_NAME = "user_events_0123abcd_4026531836_";
  private static final String KILLED = DEFAULT_NAME + "1_1";
  private static final String NONE = "0";
  private static final String PERFMON = "4000000000";

  private final ScriptedMachine machine = new ScriptedMachine();

  private static void assertFails(Finding finding, String found, String wanted) {
    assertThat(finding.status()).isEqualTo(Status.FAIL);
    assertThat(finding.found()).contains(found);
    assertThat(finding.wanted()).contains(wanted);
  }

  @Test
  void shouldTellKernelsWithoutUserEventsFromOldOnes() {
    assertThat(new KernelCheck().look(machine).status()).isEqualTo(Status.OK);

    machine.files.remove("/proc/sys/kernel/user_events_max");
    assertFails(new KernelCheck().look(machine), "without CONFIG_USER_EVENTS", "6.4");
    machine.files.put("/proc/sys/kernel/osrelease", "6.3.9-amd64\n");
    assertFails(new KernelCheck().look(machine), "too old", "6.4");
    machine.files.put("/proc/sys/kernel/osrelease", "5.15.0\n");
    assertFails(new KernelCheck().look(machine), "too old", "6.4");
  }

  @Test
  void shouldOfferTheTestKernelOnlyWithTheSources() {
    machine.files.remove("/proc/sys/kernel/user_events_max");
    assertThat(new KernelCheck().look(machine).command()).isNull();

    machine.properties.put("userevents.home", "/sources");
    assertThat(new KernelCheck().look(machine).command()).isNull();
    assertThat(new KernelCheck().look(machine).wanted()).doesNotContain("docs/");
    machine.files.put("/sources/kernel/machine/run", "");
    assertThat(new KernelCheck().look(machine).command()).contains("demo --kernel");
    assertThat(new KernelCheck().look(machine).wanted())
        .contains("docs/getting-started.md#in-the-test-machine");
  }

  @Test
  void shouldSayHowToMountTracefs() {
    assertThat(new TracefsCheck().look(machine))
        .isEqualTo(Finding.ok("/sys/kernel/tracing (rw,nosuid)"));

    machine.files.put(
        "/proc/self/mountinfo", "26 22 0:7 / /sys/kernel/tracing ro shared:1 - tracefs none rw\n");
    Finding readOnly = new TracefsCheck().look(machine);
    assertFails(readOnly, "read-only", "writable");
    assertThat(readOnly.command()).isEqualTo("sudo mount -o remount,rw /sys/kernel/tracing");
    machine.files.put("/proc/self/mountinfo", "26 22 0:7 / /sys rw - sysfs sysfs rw\n");
    Finding missing = new TracefsCheck().look(machine);
    assertFails(missing, "not mounted", "tracefs");
    assertThat(missing.command()).startsWith("sudo mount -t tracefs");
  }

  @Test
  void shouldNameTheMissingTracefsAndNotTheRightsOfThisUser() {
    machine.files.put("/proc/self/mountinfo", "26 22 0:7 / /sys rw - sysfs sysfs rw\n");
    machine.files.remove(ScriptedMachine.TRACEFS + "/instances/.");

    assertThat(new StaleInstancesCheck(false).look(machine))
        .isEqualTo(Finding.skipped("tracefs is not mounted"));
    assertThat(new HoldersCheck().look(machine).found())
        .contains("tracefs is not mounted")
        .doesNotContain("only root");
  }

  @Test
  void shouldNotOfferToMountTracefsWhereTheKernelHasNoUserEvents() {
    machine.files.put("/proc/self/mountinfo", "26 22 0:7 / /sys rw - sysfs sysfs rw\n");
    machine.files.remove("/proc/sys/kernel/user_events_max");

    Finding missing = new TracefsCheck().look(machine);

    assertThat(missing.status()).isEqualTo(Status.NOTE);
    assertThat(missing.found()).startsWith("not mounted");
    assertThat(missing.command()).isNull();
  }

  @Test
  void shouldSeeLockdown() {
    assertThat(new LockdownCheck().look(machine).status()).isEqualTo(Status.OK);

    machine.files.put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    assertThat(new LockdownCheck().look(machine)).isEqualTo(Finding.ok("integrity"));
    machine.files.put("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
    assertFails(new LockdownCheck().look(machine), "confidentiality", "lockdown=integrity");
  }

  @Test
  void shouldSayWhichRightsAWriterLacks() {
    machine.process(1000, NONE, 0);
    machine.write = Attempt.failure(EACCES, "open errno=EACCES");

    Finding refused = new WriteCheck().look(machine);

    assertFails(refused, "EACCES", "root is not needed");
    assertThat(refused.command()).startsWith("sudo sh -c 'chgrp 1000 ").contains("chmod g+w");
    machine.write = Attempt.failure(EROFS, "open errno=EROFS");
    assertThat(new WriteCheck().look(machine).command()).contains("remount,rw");
    machine.write = Attempt.failure(ENOENT, "open errno=ENOENT");
    assertThat(new WriteCheck().look(machine).command()).contains("mount -t tracefs");
  }

  @Test
  void shouldNameTheCauseOnceWhereTheKernelHasNoUserEvents() {
    machine.files.remove("/proc/sys/kernel/user_events_max");
    machine.write = Attempt.failure(ENOENT, "open errno=ENOENT");
    machine.readByFtrace = Attempt.failure(ENOENT, "open errno=ENOENT");
    machine.readByPerf = Attempt.failure(ENOENT, "open errno=ENOENT");

    Examination examination = Examination.of(machine, false);

    assertThat(examination.findings().entrySet())
        .filteredOn(check -> check.getValue().status() == Status.FAIL)
        .extracting(Map.Entry::getKey)
        .containsExactly("kernel");
    assertThat(examination.findings().get("write events"))
        .isEqualTo(Finding.skipped("the kernel has no user_events"));
    assertThat(examination.exitCode()).isEqualTo(1);
  }

  @Test
  void shouldBelieveAnAttemptThatWorksWhereTheSettingIsHidden() {
    machine.files.remove("/proc/sys/kernel/user_events_max");

    assertThat(Examination.of(machine, false).canWrite()).isTrue();
  }

  @Test
  void shouldNotNameRightsOfFilesForFtrace() {
    machine.process(1000, NONE, 0);
    machine.readByFtrace = Attempt.failure(EACCES, "open errno=EACCES");

    Finding refused = new FtraceCheck().look(machine);

    assertFails(refused, "EACCES", "without root read by perf");
    assertThat(refused.command()).isEqualTo("sudo user-events listen").doesNotContain("chmod");
  }

  @Test
  void shouldTellTheRightsOfTracefsFromThoseOfPerf() {
    machine.process(1000, NONE, 0);
    machine.readByPerf = Attempt.failure(EACCES, "cannot read path=id errno=EACCES");
    assertThat(new PerfCheck().look(machine).command())
        .contains("remount,gid=1000,mode=0750 /sys/kernel/tracing");

    machine.readByPerf = Attempt.failure(EPERM, "perf_event_open failed: errno=EPERM");
    assertFails(new PerfCheck().look(machine), "EPERM", "CAP_PERFMON");
    assertThat(new PerfCheck().look(machine).command())
        .isEqualTo(
            "sudo setpriv --reuid=1000 --regid=1000 --init-groups --inh-caps=+perfmon"
                + " --ambient-caps=+perfmon user-events listen");
    machine.process(1000, PERFMON, 2);
    assertFails(new PerfCheck().look(machine), "EPERM", "seccomp");
  }

  @Test
  void shouldTakeTheParanoidSettingTogetherWithTheCapability() {
    assertThat(new PerfParanoidCheck().look(machine).status()).isEqualTo(Status.OK);
    machine.process(1000, PERFMON, 0);
    assertThat(new PerfParanoidCheck().look(machine).status()).isEqualTo(Status.OK);
    machine.process(1000, NONE, 0);
    assertThat(new PerfParanoidCheck().look(machine).status()).isEqualTo(Status.NOTE);
    machine.files.put("/proc/sys/kernel/perf_event_paranoid", "-1\n");
    assertThat(new PerfParanoidCheck().look(machine).status()).isEqualTo(Status.OK);
    machine.files.remove("/proc/sys/kernel/perf_event_paranoid");
    assertThat(new PerfParanoidCheck().look(machine).wanted()).contains("CONFIG_PERF_EVENTS");
  }

  @Test
  void shouldNotPromiseThatTheCapabilityIsEnoughAboveTheValuesOfLinux() {
    machine.files.put("/proc/sys/kernel/perf_event_paranoid", "3\n");
    assertThat(new PerfParanoidCheck().look(machine).status()).as("root").isEqualTo(Status.OK);
    Attempt refused = Attempt.failure(EACCES, "perf_event_open failed: errno=EACCES");
    machine.readByPerf = refused;

    machine.process(1000, NONE, 0);
    Finding setting = new PerfParanoidCheck().look(machine);
    assertThat(setting.status()).isEqualTo(Status.NOTE);
    assertThat(setting.command()).isEqualTo("sudo sysctl kernel.perf_event_paranoid=2");
    Finding perf = new PerfCheck().look(machine);
    assertFails(perf, "EACCES", "CAP_PERFMON, and kernel.perf_event_paranoid=2");
    assertThat(perf.command())
        .isEqualTo(
            "sudo sh -c 'sysctl kernel.perf_event_paranoid=2 && setpriv --reuid=1000 --regid=1000"
                + " --init-groups --inh-caps=+perfmon --ambient-caps=+perfmon user-events listen'");

    machine.process(1000, PERFMON, 0);
    assertThat(new PerfParanoidCheck().look(machine).command())
        .isEqualTo("sudo sysctl kernel.perf_event_paranoid=2");
    assertThat(new PerfCheck().look(machine).command())
        .isEqualTo("sudo sysctl kernel.perf_event_paranoid=2");
    machine.readByPerf = Attempt.failure(EPERM, "perf_event_open failed: errno=EPERM");
    assertFails(new PerfCheck().look(machine), "EPERM", "seccomp");

    machine.readByPerf = Attempt.success("perf");
    assertThat(new PerfParanoidCheck().look(machine).status())
        .as("a kernel without the patch, or with one that lets CAP_PERFMON pass")
        .isEqualTo(Status.OK);
  }

  @Test
  void shouldReportLockedMemory() {
    assertThat(new LockedMemoryCheck().look(machine).found()).contains("not limited");
    machine.process(1000, NONE, 0);
    assertThat(new LockedMemoryCheck().look(machine).found())
        .contains("516 KiB for each of 4 CPUs", "8192 KiB");
    machine.files.put("/proc/sys/kernel/perf_event_mlock_kb", "8\n");
    assertThat(new LockedMemoryCheck().look(machine).command()).contains("perf_event_mlock_kb");
  }

  @Test
  void shouldWantAsMuchLockedMemoryAsThePagesAsk() {
    machine.process(1000, NONE, 0);
    machine.files.put("/proc/sys/kernel/perf_event_mlock_kb", "20\n");
    assertThat(new LockedMemoryCheck().look(machine).status()).isEqualTo(Status.OK);
    machine.pageLength = 64 * 1024;

    assertThat(new LockedMemoryCheck().look(machine).wanted()).contains("128 KiB or more");
  }

  @Test
  void shouldReportFilterAndNamespace() {
    assertThat(new SeccompCheck().look(machine).status()).isEqualTo(Status.OK);
    assertThat(new PidNamespaceCheck().look(machine).status()).isEqualTo(Status.OK);

    machine.process(1000, NONE, 2);
    machine.links.put("/proc/self/ns/pid", "pid:[4026532000]");

    assertThat(new SeccompCheck().look(machine).status()).isEqualTo(Status.NOTE);
    assertThat(new PidNamespaceCheck().look(machine).status()).isEqualTo(Status.NOTE);
  }

  @Test
  void shouldCompareAListenersMemoryWithWhatIsFree() {
    assertThat(new MemoryCheck().look(machine))
        .isEqualTo(Finding.ok("a listener takes 8 MiB of 2048 MiB that are available"));
    machine.listenerMemory = 512L << 20;
    assertThat(new MemoryCheck().look(machine).status()).isEqualTo(Status.NOTE);
  }

  @Test
  void shouldSayThatJnaCannotBeLoaded() {
    machine.kernelCall = Attempt.failure(0, "libjnidispatch.so in /tmp: not permitted");

    Finding failed = new JavaCheck().look(machine);

    assertFails(failed, "not permitted", "JNA");
    assertThat(failed.command()).contains("-Djna.tmpdir");
  }

  @Test
  void shouldNameHoldersAndListeners() {
    machine.links.put("/proc/42/fd/7", "/sys/kernel/tracing/user_events_data");
    machine.files.put("/proc/42/comm", "java\n");
    machine.links.put("/proc/43/fd/7", "/dev/null");
    machine.files.put(
        ScriptedMachine.TRACEFS + "/user_events_status",
        "other # Used by perf\notlp_metrics # Used by ftrace perf\n\nActive: 2\n");
    machine.files.put(
        ScriptedMachine.TRACEFS + "/instances/mine/events/user_events/otlp_metrics/enable", "1\n");

    assertThat(new HoldersCheck().look(machine).found())
        .isEqualTo("held by java (pid 42); event: Used by ftrace perf; ftrace listens in mine");
  }

  @Test
  void shouldNotClaimThatNobodyListensIfItCannotSee() {
    machine.forbidden.add(ScriptedMachine.TRACEFS + "/user_events_status");

    assertThat(new HoldersCheck().look(machine).found()).contains("only root can see");
  }

  @Test
  void shouldNotBlameTheKernelForALackOfFilesOrMemory() {
    machine.readByPerf = Attempt.failure(EMFILE, "perf_event_open failed: errno=EMFILE");
    Finding files = new PerfCheck().look(machine);
    assertFails(files, "EMFILE", "limit of open files");
    assertThat(files.command()).startsWith("sudo prlimit ");

    machine.readByPerf = Attempt.failure(ENOMEM, "perf_event_open failed: errno=ENOMEM");
    assertFails(new PerfCheck().look(machine), "ENOMEM", "free memory");
    machine.readByPerf = Attempt.failure(ENOENT, "perf_event_open failed: errno=ENOENT");
    assertFails(new PerfCheck().look(machine), "ENOENT", "CONFIG_PERF_EVENTS");
  }

  /** Each errno is that of a call to this machine's kernel. */
  @Test
  void shouldSayWhyThisMachineRemovesNoFolder(@TempDir Path folder) throws Exception {
    ThisMachine here = new ThisMachine();
    Path inner = Files.createDirectories(folder.resolve("outer/inner"));

    assertThatThrownBy(() -> here.remove(folder.resolve("outer")))
        .isInstanceOf(IOException.class)
        .hasMessage("rmdir failed: errno=ENOTEMPTY (39, directory not empty)");
    here.remove(inner);

    assertThat(inner).doesNotExist();
  }

  @Test
  void shouldNameTheFacilityThatMakesSystemCalls() {
    String facility = Syscalls.ofThisMachine().facility();

    assertThat(new ThisMachine().callTheKernel())
        .isEqualTo(
            Attempt.success(
                facility.equals("jna") ? "JNA " + Native.VERSION : "java.lang.foreign"));
  }

  @Test
  void shouldRemoveOnlyInstancesOfListenersThatNobodyReadsAndOnlyIfAsked() {
    String instances = ScriptedMachine.TRACEFS + "/instances/";
    machine.files.put(instances + DEFAULT_NAME + "1_1/x", "");
    machine.files.put(instances + DEFAULT_NAME + "2_1/x", "");
    machine.files.put(instances + DEFAULT_NAME + "3_1/x", "");
    machine.files.put(instances + "somebody_elses/x", "");
    machine.files.put(instances + "user_events_mine/x", "");
    machine.files.put(instances + "user_events_5_1/x", "");
    machine.links.put("/proc/9/fd/5", instances + DEFAULT_NAME + "2_1/per_cpu/cpu0/trace_pipe_raw");
    machine.unremovable.add(instances + DEFAULT_NAME + "3_1");

    Finding found = new StaleInstancesCheck(false).look(machine);
    assertThat(found.status()).isEqualTo(Status.NOTE);
    assertThat(found.found()).startsWith(KILLED + ", " + DEFAULT_NAME + "3_1: ");
    assertThat(found.command()).isEqualTo("sudo user-events doctor --fix");
    assertThat(machine.removed).isEmpty();

    Finding fixed = new StaleInstancesCheck(true).look(machine);
    assertThat(machine.removed).containsExactly(instances + KILLED);
    assertThat(fixed.found()).contains("removed 1", DEFAULT_NAME + "3_1", "busy");
  }

  @Test
  void shouldNotCallAnInstanceStaleWhoseReaderItCannotSee() {
    machine.files.put(ScriptedMachine.TRACEFS + "/instances/" + KILLED + "/x", "");
    machine.process(1000, PERFMON, 0);
    assertThat(new StaleInstancesCheck(false).look(machine).found())
        .contains(KILLED + ": no process that this user can see reads them");
    assertThat(new StaleInstancesCheck(false).look(machine).command())
        .isEqualTo("sudo user-events doctor");

    machine.process(0, "1ffffffffff", 0);
    assertThat(new StaleInstancesCheck(false).look(machine).command()).endsWith("--fix");
    machine.links.put("/proc/self/ns/pid", "pid:[4026532000]");
    assertThat(new StaleInstancesCheck(false).look(machine).found()).contains("can see");
  }
}
