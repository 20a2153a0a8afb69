// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

/** Checks the JDK and the facility that makes system calls. */
final class JavaCheck implements Check {

  @Override
  public String name() {
    return "JDK and system calls";
  }

  @Override
  public Finding look(Machine machine) {
    String jdk =
        machine.property("java.vm.name")
            + " "
            + machine.property("java.runtime.version")
            + ", "
            + machine.property("os.arch");
    Machine.Attempt call = machine.callTheKernel();
    if (call.works()) {
      return Finding.ok(jdk + ", " + call.found());
    }
    return Finding.fail(
        jdk + ": " + call.found(),
        "a 64-bit Linux, and java.lang.foreign (Java 22 and newer) or a JNA that this JVM can load",
        call.found().contains("tmp")
            ? "export JAVA_TOOL_OPTIONS=-Djna.tmpdir=$HOME   # a folder without noexec"
            : null);
  }
}
