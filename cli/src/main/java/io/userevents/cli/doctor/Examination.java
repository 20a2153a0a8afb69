// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All checks of a machine, and the answers that follow from them.
 *
 * @param findings by the check's name, in the order in which they are shown
 */
record Examination(Map<String, Finding> findings) {

  static final int WORKS = 0;
  static final int CANNOT_WRITE = 1;
  static final int CANNOT_READ = 2;

  private static final Check JAVA = new JavaCheck();
  private static final Check WRITE = new WriteCheck();
  private static final Check FTRACE = new FtraceCheck();
  private static final Check PERF = new PerfCheck();
  private static final Check ROUND_TRIP = new RoundTripCheck();

  static Examination of(Machine machine, boolean removesStaleInstances) {
    List<Check> checks = new ArrayList<>();
    checks.add(new KernelCheck());
    checks.add(new LockdownCheck());
    checks.add(new TracefsCheck());
    checks.add(JAVA);
    checks.add(WRITE);
    checks.add(new SeccompCheck());
    // Runs before the attempts to read, so that they see the machine after --fix.
    checks.add(new StaleInstancesCheck(removesStaleInstances));
    checks.add(new PerfParanoidCheck());
    checks.add(PERF);
    checks.add(new LockedMemoryCheck());
    checks.add(FTRACE);
    checks.add(new MemoryCheck());
    checks.add(new PidNamespaceCheck());
    checks.add(new HoldersCheck());
    checks.add(ROUND_TRIP);
    Map<String, Finding> findings = new LinkedHashMap<>();
    checks.forEach(check -> findings.put(check.name(), check.look(machine)));
    return new Examination(findings);
  }

  boolean canWrite() {
    return isOk(WRITE);
  }

  boolean canReadByFtrace() {
    return isOk(FTRACE);
  }

  boolean canReadByPerf() {
    return isOk(PERF);
  }

  /** Returns the exit code of the command. */
  int exitCode() {
    if (!canWrite()) {
      return CANNOT_WRITE;
    }
    boolean canRead = canReadByFtrace() || canReadByPerf();
    return canRead && isOk(ROUND_TRIP) ? WORKS : CANNOT_READ;
  }

  private boolean isOk(Check check) {
    Finding finding = findings.get(check.name());
    return finding != null && finding.status() == Status.OK;
  }
}
